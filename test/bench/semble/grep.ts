/** Questions asked of ripgrep: the lines that hold most of the words. What an agent without an index does. */
import { spawnSync } from 'node:child_process';
import { rgPath } from '@vscode/ripgrep';
import { askedFor } from '../../../src/indexer/ranking/rules';
import { termsOf } from '../../../src/common/text/terms';
import { wordsIn } from '../../../src/common/text/words';
import { depth } from './score';
import type { Place } from './score';

/** Lines shown on each side, as `rg -C` does: what a look at a place costs. */
const around = 10;

/** @returns places with the most different words first, and milliseconds */
export function grep(folder: string, question: string): { hits: Place[]; milliseconds: number } {
  const { telling } = askedFor(question);
  const words = [...new Set(wordsIn(question))].filter((word) => termsOf(word).some((term) => telling.has(term)));
  const start = performance.now();
  const patterns = words.flatMap((word) => ['-e', word]);
  const { stdout } = spawnSync(rgPath, ['-F', '-i', '-n', '-o', '--no-heading', '--sort', 'path', ...patterns, '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const found = new Map<string, Set<string>>();
  for (const match of words.length === 0 ? [] : stdout.split('\n')) {
    const [, place = '', word = ''] = /^(.+?:\d+):(.*)$/.exec(match) ?? [];
    if (place === '') continue;
    const known = found.get(place) ?? new Set();
    found.set(place, known.add(word.toLowerCase()));
  }
  const best = [...found].sort(([, a], [, b]) => b.size - a.size).slice(0, depth);
  const hits = best.map(([place]): Place => {
    const [, path = '', line = ''] = /^(?:\.[\\/])?(.+):(\d+)$/.exec(place) ?? [];
    return { path: path.replaceAll('\\', '/'), from: Math.max(1, Number(line) - around), to: Number(line) + around };
  });
  return { hits, milliseconds: performance.now() - start };
}
