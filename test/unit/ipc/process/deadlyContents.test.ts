import assert from 'node:assert/strict';
import { DeadlyContents } from '../../../../src/ipc/process/deadlyContents';

describe('contents that processes have died of', () => {
  const text = (value: string) => ['embed', { model: '/m' }, value];
  let contents: DeadlyContents;
  const areDeadly = (...texts: string[]) => contents.areDeadly(() => texts.map(text));

  beforeEach(() => {
    contents = new DeadlyContents();
  });

  it('are refused after two deaths, each by itself', () => {
    contents.died(['a', 'b'].map(text));
    assert.equal(areDeadly('a'), false);
    contents.died(['b', 'c'].map(text));
    assert.deepEqual(
      ['a', 'b', 'c'].map((value) => areDeadly(value)),
      [false, true, false],
    );
    assert.ok(areDeadly('x', 'b', 'y'));
  });

  it('are told apart by everything that is asked', () => {
    for (let death = 0; death < 2; death++) contents.died([['embed', { model: '/m' }, 'a']]);
    assert.equal(
      contents.areDeadly(() => [['embed', { model: '/other' }, 'a']]),
      false,
    );
  });

  it('are compared with typed arrays in them', () => {
    const ask = (last: number) => [['capture', { promptIds: Int32Array.of(1, 2, last) }]];
    for (let death = 0; death < 2; death++) contents.died(ask(3));
    assert.ok(contents.areDeadly(() => ask(3)));
    assert.equal(
      contents.areDeadly(() => ask(4)),
      false,
    );
  });

  it('are innocent once they were answered', () => {
    contents.died([text('a')]);
    contents.served(() => [text('a')]);
    contents.died([text('a')]);
    assert.equal(areDeadly('a'), false);
  });

  it('are computed only where something is remembered', () => {
    const never = () => assert.fail('nothing is remembered');
    assert.equal(contents.areDeadly(never), false);
    contents.served(never);
  });
});
