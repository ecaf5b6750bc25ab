import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths';
import { createRandom } from './random';

/** Pieces of text of every kind, by kind, in the order in which both generators draw from them. */
const pools = Object.values(
  JSON.parse(readFileSync(join(root, 'test/fixtures/families/pools.json'), 'utf8')) as Record<string, string[]>,
);
const everything = pools.flat();

/**
 * Texts of every kind, the same as those of texts.py: half of them of one kind, with code in between, and half of
 * everything together.
 */
export function tokenizerTexts(count: number, seed: number): string[] {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const drawn = (from: readonly string[]) => from[below(from.length)]!;
  return Array.from({ length: count }, () => {
    const kind = pools[below(pools.length)]!;
    const mixed = below(2) === 1;
    const length = 1 + below(14);
    let text = '';
    for (let at = 0; at < length; at++) text += drawn(mixed ? everything : below(3) === 0 ? pools[0]! : kind);
    return text;
  });
}
