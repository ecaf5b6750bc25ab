import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { InFlightRequests } from '../../../../src/features/completion/inFlightRequests';
import { Throttle } from '../../../../src/features/completion/throttle';
import { at } from './place';
import { withinTurn } from './turn';

const never = new AbortController().signal;

describe('flights', () => {
  it('end when their text takes another turn than the place, as soon as it does', async () => {
    const flights = new InFlightRequests<string>();
    let write: (piece: string) => void = () => undefined;
    const flight = flights.joinOrStart(at('a|'), (_signal, onText) => {
      write = onText;
      return new Promise(() => undefined);
    });
    const waiting = flight.wait(at('abc|'), never);
    write('b');
    assert.equal(flights.has(at('abc|')), true);
    write('x');
    assert.equal(await waiting, undefined);
    assert.equal(flights.has(at('abc|')), false);
  });

  it('go on while somebody waits and end when nobody does', async () => {
    const flights = new InFlightRequests<string>(20);
    let signal = never;
    const flight = flights.joinOrStart(at('a|'), (given) => {
      signal = given;
      return new Promise(() => undefined);
    });
    const first = new AbortController();
    const second = new AbortController();
    const waits = [flight.wait(at('a|'), first.signal), flight.wait(at('ab|'), second.signal)];
    first.abort();
    await sleep(60);
    assert.equal(signal.aborted, false);
    second.abort();
    await sleep(60);
    assert.equal(signal.aborted, true);
    assert.deepEqual(await Promise.all(waits), [undefined, undefined]);
  });

  it('pass a failure on to whoever waits, and to nobody else', async () => {
    const flights = new InFlightRequests<string>();
    const flight = flights.joinOrStart(at('a|'), () => Promise.reject(new Error('no')));
    await assert.rejects(flight.wait(at('a|'), never), /no/);
    flights.joinOrStart(at('b|'), () => Promise.reject(new Error('unheard')));
    await sleep(0);
    assert.equal(flights.has(at('b|')), false);
  });
});

describe('the throttle', () => {
  it('lets a new line pass at once and only the last of a burst', async () => {
    const throttle = new Throttle(30);
    assert.equal(await withinTurn(throttle.admit(true, never)), true);
    const burst = Promise.all([throttle.admit(false, never), throttle.admit(false, never)]);
    await assert.rejects(withinTurn(burst), /had to wait/);
    assert.deepEqual(await burst, [false, true]);
  });

  it('lets nobody pass who went away', async () => {
    const controller = new AbortController();
    const admitted = new Throttle(5).admit(false, controller.signal);
    controller.abort();
    assert.equal(await admitted, false);
  });
});
