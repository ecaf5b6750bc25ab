import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { PromptBuilder } from '../../src/engine/prompt/layout';
import type { PromptParams } from '../../src/engine/prompt/layout';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';

/** Written by `models/training/export/shared_prompts.py`, which says how places are drawn. */
interface Fixture {
  readonly seed: number;
  readonly texts: Readonly<Record<string, string>>;
  /** Of each place the first 4 bytes of the SHA-256 of its ids (little-endian uint32), in base64. */
  readonly hashes: string;
}

interface Place {
  readonly input: PromptParams;
  readonly middle: string;
}

const fixture = JSON.parse(readFileSync('test/fixtures/model/places.json', 'utf8')) as Fixture;
/** Characters, see shared_prompts.py. */
const below = { prefix: 240, middle: 60, suffix: 160, context: 120 };

function* numbers(seed: number): Generator<number, never> {
  for (;;) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    yield seed >>> 0;
  }
}

function* places({ texts, seed }: Fixture): Generator<Place, never> {
  const random = numbers(seed);
  const draw = (limit: number): number => random.next().value % limit;
  const files = Object.entries(texts).map(([path, text]) => ({ path, text: Array.from(text) }));
  const file = (): (typeof files)[number] => files[draw(files.length)]!;
  for (;;) {
    const { path, text } = file();
    const part = (from: number, to: number): string => text.slice(from, to).join('');
    const start = draw(text.length);
    const cursor = start + draw(below.prefix);
    const end = cursor + draw(below.middle);
    const found = text.indexOf('\n', end);
    const lineEnd = found === -1 ? text.length : found;
    const nextLines = part(lineEnd + 1, lineEnd + 1 + draw(below.suffix));
    const other = file();
    const begin = draw(other.text.length);
    const context =
      draw(3) === 0
        ? [{ path: other.path, text: other.text.slice(begin, begin + 1 + draw(below.context)).join('') }]
        : [];
    const rest = part(end, lineEnd);
    yield {
      input: { path, context, prefix: part(start, cursor), suffix: nextLines === '' ? rest : `${rest}\n${nextLines}` },
      middle: part(cursor, end),
    };
  }
}

function hash(ids: readonly number[]): number {
  return createHash('sha256').update(Uint32Array.from(ids)).digest().readUInt32LE();
}

describe('prompts at places of every kind', () => {
  const hashes = Buffer.from(fixture.hashes, 'base64');
  const count = hashes.length / 4;

  it(`have the ids at ${count} places that the Python which trains gives them`, async () => {
    assert.ok(count >= 10_000);
    const folder = await openDecoderFolder('models/decoder');
    const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    const endOfMiddle = tokenizer.special(folder.tokens.endOfMiddle!)!;
    // The layout of training, and room for every place, so that nothing is cut.
    const builder = new PromptBuilder(
      { ...folder, contextLength: 4_096, promptLayout: 'suffix-first-marked' },
      tokenizer,
    );
    const drawn = places(fixture);
    for (let index = 0; index < count; index++) {
      const { input, middle } = drawn.next().value;
      const ids = [...builder.build(input, 64).ids, ...tokenizer.encode(middle), endOfMiddle];
      assert.equal(hash(ids), hashes.readUInt32LE(4 * index), `place ${index}: ${JSON.stringify({ input, middle })}`);
    }
  });
});
