import assert from 'node:assert/strict';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { StaticEmbedder } from '../../../../src/modelFolder/table/staticTable';
import { wordsIn } from '../../../../src/common/text/words';
import { makeFolder } from '../../../support/folder';
import { staticDimension, staticModelFiles, staticModelFolder } from '../../../support/staticModel';
import { definition } from '../../../support/tokenizers';

const files = staticModelFiles();
const table = new Int8Array((files['table.bin'] as Uint8Array).buffer);
const scales = new Float32Array((files['scales.bin'] as Uint8Array).buffer);

/** As the format says it. */
function expected(ids: readonly number[]): number[] {
  const sum = Array.from({ length: staticDimension }, (_, index) =>
    ids.reduce((total, id) => total + scales[id]! * table[id * staticDimension + index]!, 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((number) => (length === 0 ? 0 : number / length));
}

function assertClose(actual: Float32Array, wanted: readonly number[]): void {
  assert.equal(actual.length, wanted.length);
  actual.forEach((number, index) => assert.ok(Math.abs(number - wanted[index]!) < 1e-5));
}

describe('the table of token vectors', () => {
  const tokenizer = Tokenizer.create(definition);
  const texts = ['const parseHTTPHeader = 1;', '', 'ünïcode \u{1f600} \ud83d', '((('];

  it('embeds a text as the sum of its tokens, brought to length 1', async () => {
    const embedder = await StaticEmbedder.open(staticModelFolder());
    assert.deepEqual([embedder.id, embedder.dimension], ['static@1', staticDimension]);
    assertClose(
      await embedder.embed(texts),
      texts.flatMap((text) => expected(tokenizer.encode(text))),
    );
  });

  it('or as that of its words in lower case, where the model was trained so', async () => {
    const embedder = await StaticEmbedder.open(staticModelFolder('lower-case-words'));
    assert.deepEqual([...wordsIn(texts[0]!)], ['const', 'parse', 'http', 'header', '1']);
    // Names that come again, and a word of one by itself.
    const all = [...texts, 'parseHTTPHeader(parseHTTPHeader, HTTP) || header.parseHTTPHeader', 'x'.repeat(300)];
    for (let round = 0; round < 2; round++) {
      assertClose(
        await embedder.embed(all),
        all.flatMap((text) => expected([...wordsIn(text)].flatMap((word) => tokenizer.encode(word)))),
      );
    }
    assert.ok((await embedder.embed(['((('])).every((number) => number === 0));
  });

  it('stops when it is told to', async () => {
    const embedder = await StaticEmbedder.open(staticModelFolder());
    const stop = new AbortController();
    const embedding = embedder.embed(
      Array.from({ length: 1_000 }, () => 'a'),
      'document',
      stop.signal,
    );
    stop.abort();
    await assert.rejects(embedding, { name: 'AbortError' });
  });

  it('refuses a folder that is damaged, in one sentence', async () => {
    const manifest = JSON.parse(files['glassbox.json'] as string) as { files: unknown[] };
    const changed = (fields: object): string => JSON.stringify({ ...manifest, ...fields });
    const cases: [Record<string, Uint8Array | string>, RegExp][] = [
      [{}, /glassbox\.json cannot be read/],
      [{ ...files, 'glassbox.json': changed({ role: 'decoder' }) }, /no table of token vectors/],
      [{ ...files, 'glassbox.json': changed({ files: manifest.files.slice(1) }) }, /table\.bin is not listed/],
      [{ ...files, 'glassbox.json': changed({ dimension: staticDimension * 2 }) }, /do not belong together/],
      [{ ...files, 'table.bin': (files['table.bin'] as Uint8Array).slice(1) }, /table\.bin .* bytes instead of/],
      [
        { ...files, 'scales.bin': new Uint8Array((files['scales.bin'] as Uint8Array).length) },
        /scales\.bin .* is damaged/,
      ],
    ];
    for (const [content, sentence] of cases) {
      await assert.rejects(
        StaticEmbedder.open(makeFolder(content)),
        (error) => error instanceof EngineError && sentence.test(error.message),
      );
    }
  });
});
