/** A capture without a model, for tests of what is done with one. */
import { Capture } from '../../src/attention/capture';
import { createRandom } from './random';

export interface CaptureForm {
  readonly layers: number;
  readonly heads: number;
  /** Tokens: `a1 a2 …`, ten in a line. */
  readonly length: number;
  /** The layers whose whole maps are kept; all where it is absent. */
  readonly kept?: readonly boolean[];
}

/**
 * A decoder's capture: random rows, each head with a weakness for another distance, and half of the weight on the first
 * token. Values have random norms.
 */
export function syntheticCapture({
  layers,
  heads,
  length,
  kept = Array<boolean>(layers).fill(true),
}: CaptureForm): Capture {
  const ids = Int32Array.from({ length }, (_, at) => at % 17);
  const texts = Array.from(ids, (id, at) => `a${id}${at % 10 === 9 ? '\n' : ' '}`);
  const ends = texts.map(
    (
      (sum) => (text) =>
        (sum += text.length)
    )(0),
  );
  const text = texts.join('');
  const sequence = {
    ids,
    texts,
    text,
    ranges: Uint32Array.from(ends.flatMap((end, at) => [ends[at - 1] ?? 0, end])),
    segments: [{ kind: 'text' as const, from: 0, to: length, start: 0, end: text.length }],
  };
  const shape = {
    queries: 0,
    keys: 0,
    layers,
    heads,
    causal: true,
    rows: length,
    columns: length,
    valueWeighted: true,
  };
  const capture = new Capture(
    7,
    '/models/small',
    {
      way: 'softmax',
      sequences: [sequence],
      stacks: [{ kind: 'decoder', ...shape }],
      generatedFrom: length,
    },
    [kept],
  );
  fillSynthetic(capture);
  return capture;
}

/** Gives a capture the weights that every one of its form has. */
export function fillSynthetic({ stacks: [data] }: Capture): void {
  if (!data) return;
  const { layers, heads, rows: length } = data.shape;
  const random = createRandom(3);
  data.valueNorms?.set(Float32Array.from({ length: layers * heads * length }, () => 1 + random()));
  for (let layer = 0; layer < layers; layer++) {
    const weights = new Float32Array(heads * length * length);
    for (let head = 0; head < heads; head++) {
      const distance = 1 + layer + heads * head;
      for (let row = 0; row < length; row++) {
        const line = Float32Array.from({ length: row + 1 }, (_, column) =>
          column === row - distance ? 4 : random() ** 6,
        );
        const sum = line.reduce((total, weight) => total + weight, 0);
        line[0] = (line[0] as number) + sum;
        weights.set(
          line.map((weight) => weight / (2 * sum)),
          (head * length + row) * length,
        );
      }
    }
    data.add(layer, { weights, first: 0, rows: length, columns: length });
  }
}
