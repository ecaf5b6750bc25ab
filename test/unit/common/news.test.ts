import assert from 'node:assert/strict';
import { News } from '../../../src/common/news';

describe('news', () => {
  it('is what was not said last, and what happens again after it was over', () => {
    const said: string[] = [];
    const news = new News((sentence) => said.push(sentence));
    for (const sentence of ['a', 'a', 'b', 'b', 'a']) news.tell(sentence);
    news.clear();
    news.tell('a');
    assert.deepEqual(said, ['a', 'b', 'a', 'a']);
  });
});
