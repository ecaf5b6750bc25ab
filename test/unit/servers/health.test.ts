import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ServerError } from '../../../src/servers/errors';
import type { ServerErrorCode } from '../../../src/servers/errors';
import { answered, asked, failed, givenUp, late, routeOf, well } from '../../../src/servers/health';
import type { ServerHealth } from '../../../src/servers/health';

const error = (code: ServerErrorCode, retryAfterMs?: number) => new ServerError(code, `It is ${code}.`, retryAfterMs);
const codes: readonly ServerErrorCode[] = [
  'unreachable',
  'busy',
  'failed',
  'deadline',
  'invalid',
  'tooLarge',
  'unauthorized',
];

describe('servers/health', () => {
  it('leaves a server that failed, tries it beside the local model, and comes back', () => {
    assert.equal(routeOf(well, 0), 'server');
    const left = failed(well, error('deadline'), 1_000, 1);
    assert.deepEqual(left, {
      health: { phase: 'resting', failures: 1, lates: 0, until: 2_000 },
      left: 'It is deadline.',
    });
    // What was under way with it fails, too.
    assert.deepEqual(failed(left.health, error('unreachable'), 1_100, 1), { health: left.health });
    assert.equal(routeOf(left.health, 1_999), 'local');
    assert.equal(routeOf(left.health, 2_000), 'both');
    const trying = asked(left.health);
    assert.equal(routeOf(trying, 5_000), 'local');
    const after = answered(trying, 5_100);
    assert.deepEqual(after, { health: { phase: 'well', failures: 1, lates: 0, until: 5_100 }, back: true });
    assert.equal(routeOf(after.health, 5_100), 'server');
    assert.deepEqual(answered(well, 7), { health: well, back: false });
    // What was asked before it failed says nothing.
    assert.deepEqual(answered(left.health, 1_500), { health: left.health, back: false });
  });

  it('rests longer each time, up to a minute, and says why only once', () => {
    let health: ServerHealth = well;
    let now = 0;
    const rests: number[] = [];
    const said: string[] = [];
    for (let times = 0; times < 10; times++) {
      const after = failed(health, error('failed'), now, 1);
      if (after.left !== undefined) said.push(after.left);
      rests.push(after.health.until - now);
      now = after.health.until;
      health = asked(after.health);
    }
    assert.deepEqual(
      rests,
      [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map((seconds) => seconds * 1_000),
    );
    assert.deepEqual(said, ['It is failed.']);
  });

  it('leaves a server alone for as long as it asks, and longer where a person has to mend something', () => {
    assert.equal(failed(well, error('busy', 20_000), 0, 0).health.until, 20_000);
    assert.equal(failed(well, error('busy', 100), 0, 0).health.until, 500);
    assert.equal(failed(well, error('unauthorized'), 0, 1).health.until, 300_000);
  });

  it('learns nothing from what the user did', () => {
    assert.deepEqual(failed(well, error('cancelled'), 5, 1), { health: well });
    const trying: ServerHealth = { phase: 'trying', failures: 3, lates: 0, until: 1 };
    assert.deepEqual(failed(trying, error('cancelled'), 5, 1).health, {
      phase: 'resting',
      failures: 3,
      lates: 0,
      until: 5,
    });
    assert.deepEqual(givenUp(well, 5), well);
  });

  it('leaves a server that was late three times in a row', () => {
    const first = late(well, 10, 1);
    const second = late(first.health, 20, 1);
    assert.deepEqual([first.left, second.left], [undefined, undefined]);
    assert.equal(routeOf(second.health, 20), 'server');
    assert.match(late(second.health, 30, 1).left ?? '', /too slow/);
    // An answer in between is enough.
    const between = answered(second.health, 25).health;
    assert.equal(late(between, 30, 1).left, undefined);
    // While it is tried, once is enough.
    assert.equal(late({ ...well, phase: 'trying', failures: 2 }, 30, 1).health.failures, 3);
  });

  it('lets one that fails now and then rest longer each time, and forgets when it was well for a minute', () => {
    const rest = (health: ServerHealth, now: number) => failed(health, error('failed'), now, 1).health;
    const back = (health: ServerHealth, now: number) => answered(asked(health), now).health;
    const first = rest(well, 0);
    const second = rest(back(first, 2_000), 3_000);
    assert.deepEqual([first.until, second.until], [1_000, 5_000]);
    assert.equal(rest(back(second, 6_000), 66_001).until, 67_001);
  });

  const events = fc.array(
    fc.record({
      pass: fc.nat(90_000),
      outcome: fc.oneof(fc.constantFrom<'answered' | ServerErrorCode>('answered', 'cancelled', ...codes)),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
      copies: fc.nat(4),
    }),
    { maxLength: 60 },
  );

  it('says leaving and coming back in turns, whatever happens', () => {
    fc.assert(
      fc.property(events, (list) => {
        let health: ServerHealth = well;
        let now = 0;
        let away = false;
        for (const { pass, outcome, random, copies } of list) {
          now += pass;
          const route = routeOf(health, now);
          assert.equal(route === 'server', !away);
          if (route === 'both') health = asked(health);
          if (route === 'local') continue;
          // Several requests that were under way end in the same way.
          for (let copy = 0; copy <= copies; copy++) {
            if (outcome === 'answered') {
              const after = answered(health, now);
              // Of a server that rests, it is the answer to an earlier request.
              const isTried = health.phase === 'trying';
              assert.equal(after.back, isTried);
              health = after.health;
              if (isTried) away = false;
            } else {
              const after = failed(health, error(outcome), now, random);
              if (after.left !== undefined) assert.equal(away, false);
              away ||= after.left !== undefined;
              health = after.health;
              assert.ok(health.until - now <= 300_000);
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('asks a server that is gone seldom, however fast the user types', () => {
    let health: ServerHealth = well;
    let requests = 0;
    for (let now = 0; now < 3_600_000; now += 100) {
      const route = routeOf(health, now);
      if (route === 'local') continue;
      requests++;
      health = failed(asked(health), error('unreachable'), now, 0.5).health;
    }
    assert.ok(requests < 100, `${requests} in an hour`);
  });

  it('uses a server that was gone or hung for up to a minute again within 25 seconds, though its first answers are late', () => {
    const outage = fc.record({
      gone: fc.nat(60_000),
      code: fc.constantFrom<ServerErrorCode>('unreachable', 'deadline'),
      /** While it reads its model. */
      lates: fc.nat(1),
      before: fc.nat(3),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(outage, ({ gone, code, lates, before, random }) => {
        // It has failed a few times within the last minute, too.
        let health: ServerHealth = { ...well, failures: before };
        let slow = lates;
        for (let now = 0; ; now += 50) {
          const route = routeOf(health, now);
          if (route === 'local') continue;
          health = asked(health);
          if (now < gone) health = failed(health, error(code), now, random).health;
          else if (slow-- > 0) health = late(health, now, random).health;
          else return now - gone <= 25_000;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves one that passes its trials and is too slow each time for longer and longer', () => {
    let health: ServerHealth = well;
    const rests: number[] = [];
    for (let now = 0, times = 0; times < 7; times++) {
      for (let request = 0; request < 3; request++) health = late(health, now, 1).health;
      rests.push(health.until - now);
      now = health.until;
      health = answered(asked(health), now).health;
    }
    assert.deepEqual(
      rests,
      [1, 2, 4, 8, 16, 32, 60].map((seconds) => seconds * 1_000),
    );
  });

  it('comes back within a minute of the server', () => {
    fc.assert(
      fc.property(fc.nat(600_000), fc.double({ min: 0, max: 1, noNaN: true }), (back, random) => {
        let health: ServerHealth = well;
        for (let now = 0; ; now += 50) {
          const route = routeOf(health, now);
          if (route === 'local') continue;
          health =
            now < back ? failed(asked(health), error('failed'), now, random).health : answered(health, now).health;
          if (now >= back) return now - back <= 60_000;
        }
      }),
      { numRuns: 50 },
    );
  });
});
