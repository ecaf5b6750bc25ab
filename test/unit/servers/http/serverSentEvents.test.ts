import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ServerError } from '../../../../src/servers/errors';
import { EventParser, readServerSentEvents } from '../../../../src/servers/http/serverSentEvents';
import { cutAnywhere, streamOf } from '../../../support/cutAnywhere';

const read = (text: string, sizes: Iterator<number, unknown> = [3].values()): Promise<string[]> =>
  Array.fromAsync(readServerSentEvents(streamOf(cutAnywhere(Buffer.from(text), sizes))));

describe('servers/http/serverSentEvents', () => {
  // The examples of the standard, and what servers send.
  const cases: readonly (readonly [name: string, text: string, events: readonly string[]])[] = [
    ['an event a line', 'data: {"a":1}\n\ndata: [DONE]\n\n', ['{"a":1}', '[DONE]']],
    ['several lines of data', 'data: YHOO\ndata: +2\ndata: 10\n\n', ['YHOO\n+2\n10']],
    ['comments and other fields', ': ping\n\nevent: x\nid: 1\nretry: 5\ndata: a\n\n', ['a']],
    ['one blank that is left out', 'data:test\n\ndata: test\n\ndata:  test\n\n', ['test', 'test', ' test']],
    ['empty data', 'data\n\ndata\ndata\n\ndata:', ['', '\n']],
    ['all kinds of line ends', 'data: a\r\rdata: b\r\n\r\ndata: c\n\n', ['a', 'b', 'c']],
    ['an event that is not finished', 'data: a\n\ndata: b\n', ['a']],
    ['names that only look alike', 'dat: a\ndatax: b\n data: c\n\n', []],
  ];
  for (const [name, text, events] of cases) it(`reads ${name}`, async () => assert.deepEqual(await read(text), events));

  it('gives back what was sent, wherever it is cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text) && text.isWellFormed());
    const events = fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(events, fc.infiniteStream(fc.nat(7)), async (sent, sizes) => {
        const text = sent.map((lines) => lines.map((part) => `data: ${part}\n`).join('') + '\n').join('');
        // A byte order mark at the very start is none of the text.
        if (text.startsWith('\ufeff')) return;
        assert.deepEqual(
          await read(text, sizes),
          sent.map((lines) => lines.join('\n')),
        );
      }),
    );
  });

  it('refuses an event that does not end, though all its lines do', () => {
    const events = new EventParser(1_000);
    let lines = 0;
    assert.throws(
      () => {
        for (; lines < 1_000_000; lines++) events.line('data: 12345678');
      },
      (error: ServerError) => error.code === 'tooLarge',
    );
    assert.ok(lines <= 1_000 / 9 + 1);
  });
});
