import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EditSearcher } from '../../../../src/features/nextEdit/searcher';
import type { EditSearch } from '../../../../src/nearby/edits/search';
import { makeFolder } from '../../../support/folder';

const search = (path: string): EditSearch => ({
  work: { edits: [], passed: [] },
  own: { path, text: '' },
  neighbours: [],
  least: { once: 0, again: 0, judged: 0 },
});

describe('the thread that searches', () => {
  const failures: string[] = [];
  let searcher: EditSearcher | undefined;

  /** A thread that does something with each question: `id` and `search` are given, `answer` sends. */
  function running(body: string, deadlineMs?: number): EditSearcher {
    const modulePath = join(makeFolder(), 'thread.js');
    writeFileSync(
      modulePath,
      `const { parentPort } = require('node:worker_threads'); let asked = 0; const answer = (one) => parentPort.postMessage(one);
      parentPort.on('message', ({ id, search }) => { asked++; ${body} });`,
    );
    failures.length = 0;
    searcher = new EditSearcher({ modulePath, failed: (sentence) => failures.push(sentence), ...(deadlineMs && { deadlineMs }) });
    return searcher;
  }
  afterEach(() => searcher?.dispose());

  it('answers', async () => {
    const thread = running('answer({ id, found: [{ path: search.own.path }] });');
    assert.deepEqual(await thread.search(search('a')), [{ path: 'a' }]);
    assert.deepEqual(await thread.search(search('b')), [{ path: 'b' }]);
    assert.deepEqual(failures, []);
  });

  it('answers the last question alone', async () => {
    const thread = running('answer({ id, found: [{ path: search.own.path }] });');
    const [first, second] = await Promise.all([thread.search(search('a')), thread.search(search('b'))]);
    assert.deepEqual([first, second], [undefined, [{ path: 'b' }]]);
  });

  it('is ended where it takes too long, and started anew', async () => {
    const thread = running(`if (search.own.path === 'endless') for (;;); answer({ id, found: [] });`, 200);
    assert.equal(await thread.search(search('endless')), undefined);
    assert.match(failures.join(), /longer than 200 ms/);
    // A new thread may take its time on a busy machine.
    let found: unknown;
    while (found === undefined) found = await thread.search(search('a'));
    assert.deepEqual(found, []);
  });

  it('says what failed, and goes on', async () => {
    const thread = running(`if (asked === 1) answer({ id, failure: 'no room' }); else answer({ id, found: [] });`);
    assert.equal(await thread.search(search('a')), undefined);
    assert.match(failures.join(), /no room/);
    assert.deepEqual(await thread.search(search('a')), []);
  });

  it('is started anew where it died', async () => {
    const thread = running(`if (search.own.path === 'bad') throw new Error('as a test'); answer({ id, found: [] });`);
    assert.equal(await thread.search(search('bad')), undefined);
    assert.match(failures.join(), /as a test/);
    assert.deepEqual(await thread.search(search('a')), []);
  });
}); // prettier-ignore
