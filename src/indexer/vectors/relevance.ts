/**
 * Estimates, from meaningless questions, the cosine below which a hit is no answer; used by `modelVectors.ts`, with
 * the questions embedded by `searchIndex.ts`.
 */
import { spreadOf } from './comparable';
import { Shelves } from './shelf';

/** What no code answers: words that are none, and some that are about something else altogether. */
export const nonsense: readonly string[] = [
  'zorblat quimfen', 'asdf jkl qwerty', 'fnord', 'lorem ipsum dolor sit amet', 'grandmother bakes apple pie on sunday',
  'blah blah blah', 'xkcd wqpz mmnb', 'purple elephants dancing', 'the rain in spain', 'tomato soup with basil',
  'uiop hjkl bnm', 'medieval knights and castles', 'gloop', 'my neighbour plays the violin', 'vrtz plk', 'snow on the mountains',
]; // prettier-ignore

/**
 * So many standard deviations above the mean of a question without meaning, a cosine says something. Some text always is the
 * nearest: among thousands it stands three or four above the mean by chance. On the functions of eslint, lodash, commander,
 * luxon, mathjs, requests and httpx, one in seven of 120 made-up words and one in twenty of ten everyday sentences reaches this
 * with the static table, and 96 of a hundred real questions do.
 */
const deviations = 4.5;
/** Vectors that are looked at: more say the same. */
const maxSampledVectors = 2_048;
/** Fewer do not tell what is usual. */
const minSampledVectors = 32;

/**
 * The cosine that questions without meaning do not reach, of one model and the texts that it has embedded: what is not
 * nearer than that, and shares no word with the question, is no answer to it.
 *
 * @param questions the quantised vectors of {@link nonsense}
 * @returns -1 where there are too few texts to tell
 */
export function cosineFloor(vectors: Shelves, questions: readonly Int8Array[]): number {
  const count = Math.min(vectors.size, maxSampledVectors);
  if (count < minSampledVectors || questions.length === 0) return -1;
  const sample = new Shelves(vectors.dimension);
  for (let index = 0; index < count; index++) sample.add(vectors.row(Math.floor((index * vectors.size) / count)));
  const reached = questions.map((question) => {
    const cosines = sample.scan(question);
    const { mean, deviation } = spreadOf(cosines.length, (index) => cosines.at(index) as number);
    return mean + deviations * deviation;
  });
  sample.clear();
  // Some of these words may be the very subject of a workspace.
  return reached.sort((a, b) => a - b)[Math.floor(reached.length / 2)] as number;
}
