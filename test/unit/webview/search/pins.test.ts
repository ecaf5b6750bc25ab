import assert from 'node:assert/strict';
import { Pins } from '../../../../webview/search/pins';

describe('pinned questions', () => {
  it('stay until they are unpinned, in their order', () => {
    const pins = new Pins(['one', 2, 'two']);
    assert.deepEqual(pins.all, ['one', 'two']);
    pins.toggle(' three ');
    pins.toggle('one');
    pins.toggle('  ');
    assert.deepEqual(pins.all, ['two', 'three']);
    assert.ok(pins.has('three ') && !pins.has('one'));
  });

  it('are not too many, and take whatever was remembered', () => {
    const pins = new Pins({});
    for (let number = 0; number < 30; number++) pins.toggle(`q${number}`);
    assert.deepEqual([pins.all.length, pins.all[0], pins.has('q29')], [20, 'q10', true]);
  });
});
