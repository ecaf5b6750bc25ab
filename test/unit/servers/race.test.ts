import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lateAfterMs, noRace, step } from '../../../src/servers/race';
import type { AnswerSource, RaceAction, RaceEvent, RaceState } from '../../../src/servers/race';

const run = (events: readonly RaceEvent[], from: RaceState = noRace): { state: RaceState; actions: RaceAction[] } => {
  let state = from;
  const actions: RaceAction[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    actions.push(...next.actions);
  }
  return { state, actions };
};
const told = (events: readonly RaceEvent[]): string[] =>
  run(events).actions.map((action) => [action.kind, 'source' in action ? action.source : '', action.place].join(' '));

const wanted = (place: number, route: 'server' | 'local' | 'both' = 'server'): RaceEvent => ({
  kind: 'wanted',
  place,
  route,
});
const late = (place: number): RaceEvent => ({ kind: 'late', place });
const answered = (place: number, from: AnswerSource): RaceEvent => ({ kind: 'answered', place, from });
const failed = (place: number, from: AnswerSource): RaceEvent => ({ kind: 'failed', place, from });

describe('servers/race', () => {
  it('shows what the server answers in time, without asking the local model', () => {
    assert.deepEqual(told([wanted(1), answered(1, 'server'), late(1)]), [
      'ask server 1',
      'startTimer  1',
      'show server 1',
    ]);
  });

  it('asks the local model when the server is late, and shows whichever is first', () => {
    const start = ['ask server 1', 'startTimer  1', 'ask local 1'];
    assert.deepEqual(told([wanted(1), late(1), answered(1, 'local'), answered(1, 'server')]), [
      ...start,
      'cancel server 1',
      'show local 1',
    ]);
    assert.deepEqual(told([wanted(1), late(1), answered(1, 'server'), answered(1, 'local')]), [
      ...start,
      'cancel local 1',
      'show server 1',
    ]);
  });

  it('asks the local model at once when the server fails, and gives up when both do', () => {
    const events = [wanted(1), failed(1, 'server'), late(1), failed(1, 'local')];
    assert.deepEqual(told(events), ['ask server 1', 'startTimer  1', 'ask local 1', 'giveUp  1']);
  });

  it('lets a server that is being tried finish behind the answer of the local model', () => {
    assert.deepEqual(told([wanted(1, 'both'), answered(1, 'local'), answered(1, 'server'), wanted(2)]), [
      'ask server 1',
      'ask local 1',
      'startTimer  1',
      'show local 1',
      'ask server 2',
      'startTimer  2',
    ]);
  });

  it('cancels the local model only where a place is left at which the server is being tried', () => {
    for (const next of [wanted(2, 'local'), { kind: 'left' } as const]) {
      const { actions } = run([wanted(1, 'both'), next, answered(1, 'server')]);
      const cancelled = actions.flatMap((action) => (action.kind === 'cancel' ? [action.source] : []));
      assert.deepEqual(cancelled, ['local']);
      assert.ok(actions.every(({ kind }) => kind !== 'show'));
    }
  });

  it('cancels what is under way when the user goes on or leaves', () => {
    assert.deepEqual(told([wanted(1), late(1), wanted(2), { kind: 'left' }]), [
      'ask server 1',
      'startTimer  1',
      'ask local 1',
      'cancel server 1',
      'cancel local 1',
      'ask server 2',
      'startTimer  2',
      'cancel server 2',
    ]);
  });

  it('leaves the local model most of a second', () => {
    const ms: number = lateAfterMs;
    assert.ok(ms <= 500);
  });

  /** What the caller has done by the actions, and whether that may be. */
  class Model {
    readonly asked = new Set<string>();
    readonly cancelled = new Set<string>();
    readonly shown = new Set<number>();
    place = 0;
    left = true;

    carryOut(actions: readonly RaceAction[]): void {
      for (const action of actions) {
        const key = `${action.place} ${'source' in action ? action.source : ''}`;
        if (action.kind === 'ask') {
          assert.ok(!this.asked.has(key), 'asked twice');
          assert.equal(action.place, this.place);
          this.asked.add(key);
        } else if (action.kind === 'cancel') {
          assert.ok(this.asked.has(key) && !this.cancelled.has(key), 'cancelled without need');
          this.cancelled.add(key);
        } else if (action.kind === 'show') {
          assert.ok(!this.left, 'shown where nothing is wanted');
          assert.equal(action.place, this.place, 'shown at a place that was left');
          assert.ok(!this.shown.has(action.place), 'shown twice');
          assert.ok(this.asked.has(key) && !this.cancelled.has(key), 'shown without being asked');
          this.shown.add(action.place);
        }
      }
    }
  }

  it('shows nothing of a place left behind, in ten thousand sequences with a slow, lying, out-of-order server', () => {
    const anyEvent = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom('server', 'local', 'both').map((route) => ({ kind: 'next', route }) as const),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'left' } as const) },
      {
        weight: 8,
        // Of any place, also of ones to come.
        arbitrary: fc.record({
          kind: fc.constantFrom('answered', 'failed', 'late'),
          back: fc.integer({ min: -1, max: 4 }),
          from: fc.constantFrom<AnswerSource>('server', 'local'),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const model = new Model();
        let state = noRace;
        for (const event of events) {
          let happened: RaceEvent;
          if (event.kind === 'next') {
            model.place++;
            model.left = false;
            happened = wanted(model.place, event.route);
          } else if (event.kind === 'left') {
            model.left = true;
            happened = { kind: 'left' };
          } else {
            const place = Math.max(0, model.place - event.back);
            happened = event.kind === 'late' ? late(place) : { kind: event.kind, place, from: event.from };
          }
          const next = step(state, happened);
          model.carryOut(next.actions);
          const isOfAnotherPlace = 'place' in happened && happened.place !== model.place;
          if (isOfAnotherPlace) assert.deepEqual(next.actions, [], 'what happens elsewhere has an effect here');
          state = next.state;
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('ends every race, by a text or by giving up, once both have answered or failed', () => {
    const outcome = fc.constantFrom<'answered' | 'failed'>('answered', 'failed');
    fc.assert(
      fc.property(
        fc.constantFrom<'server' | 'local' | 'both'>('server', 'local', 'both'),
        outcome,
        outcome,
        fc.boolean(),
        fc.boolean(),
        (route, server, local, isLate, localFirst) => {
          const order: AnswerSource[] = localFirst ? ['local', 'server'] : ['server', 'local'];
          let { state, actions } = run([wanted(1, route), ...(isLate ? [late(1)] : [])]);
          for (let round = 0; round < 2; round++)
            for (const source of order) {
              if (state[source] !== 'asked') continue;
              const next = step(state, { kind: source === 'server' ? server : local, place: 1, from: source });
              state = next.state;
              actions = [...actions, ...next.actions];
            }
          const ends = actions.filter(({ kind }) => kind === 'show' || kind === 'giveUp');
          assert.equal(ends.length, 1);
          assert.ok(state.settled);
        },
      ),
    );
  });
});
