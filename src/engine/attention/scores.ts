/**
 * Scores what each attention head does (previous token, sink, induction, brackets and other relations) from its weight
 * maps; used by the handler of `headScores`, `record.ts` and `layersOnDemand.ts`. Runs no model.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { CapturedSequence, HeadRole, HeadScores, Relation } from '../../ipc/engine/messages/attention';
import type { Step } from '../../common/step';
import { entropyOf } from '../../attention/entropy';
import { pairsFrom } from '../../attention/pairs';
import type { TokenPairs } from '../../attention/pairs';
import { weightOf } from '../../attention/quantize';
import { brackets, duplicates, identifiers, inductions } from '../../attention/relations';
import type { StackData } from '../../attention/stack';
import type { WeightMap } from '../../attention/weightMap';

/** What is found in one pass over a head's weights. Sink: column 0. */
interface HeadProfile {
  /** Σ of the weights that are neither on the diagonal nor the sink. */
  readonly total: number;
  /** For each distance row − column, from 1 − columns on: mean of those weights. */
  readonly byDistance: Float64Array;
  /** Share of `total` on the token before; and what it were if each row spread it evenly. */
  readonly previous: { readonly score: number; readonly even: number };
  readonly entropy: number;
  readonly effectiveContext: number;
}

/** A layer, and a stack that has its whole maps. */
export interface LayerMaps {
  readonly layer: number;
  readonly stack: StackData;
}

/**
 * What every head does, by how much of its weights lies on pairs of tokens that belong together.
 *
 * @param each each layer once, with a stack that has its whole maps
 * @param step awaited before each head
 * @throws {EngineError} `invalid` where a layer's maps are not there
 */
export async function scoreHeads(
  stack: StackData,
  sequences: readonly CapturedSequence[],
  relations: readonly Relation[],
  step: Step,
  each: AsyncIterable<LayerMaps> | Iterable<LayerMaps> = Array.from(stack.kept, (_, layer) => ({ layer, stack })),
): Promise<HeadScores> {
  const { layers, heads, causal, rows, columns, kind } = stack.shape;
  const text = sequences[stack.shape.queries];
  if (!text) throw new EngineError('invalid', 'There is no text whose heads could be scored.');
  const named = kind === 'cross' ? new Map<HeadRole, TokenPairs>() : ownPairs(text, causal);
  for (const { role, pairs } of relations) named.set(role, pairsFrom(pairs, rows, columns));

  const count = layers * heads;
  const arrays = () => ({ score: new Float32Array(count), lift: new Float32Array(count) });
  const found = new Map([...named.keys()].map((role) => [role, arrays()]));
  const previous = arrays();
  const entropy = new Float32Array(count);
  const spread = new Float32Array(count);
  for await (const { layer, stack: maps } of each) {
    for (let head = 0; head < heads; head++) {
      await step();
      const at = layer * heads + head;
      const map = maps.map(layer, head);
      if (!map) throw new EngineError('invalid', `The maps of layer ${layer + 1} are not there: capture again.`);
      const profile = profileOf(map);
      entropy[at] = profile.entropy;
      spread[at] = profile.effectiveContext;
      previous.score[at] = profile.previous.score;
      previous.lift[at] = ratio(profile.previous.score, profile.previous.even);
      for (const [role, pairs] of named) {
        const { score, expected } = scoreOf(map, pairs, profile);
        const into = found.get(role) as ReturnType<typeof arrays>;
        into.score[at] = score;
        into.lift[at] = ratio(score, expected);
      }
    }
  }
  const sink = stack.sinkShares();
  const even = evenSink(stack);
  return {
    roles: [
      ...(kind === 'cross' ? [] : [{ role: 'previous' as const, ...previous, pairs: Math.max(0, rows - 1) }]),
      ...[...found].map(([role, values]) => ({
        role,
        ...values,
        pairs: (named.get(role) as TokenPairs).columns.length,
      })),
      { role: 'sink', score: sink, lift: sink.map((share) => share / even), pairs: rows },
    ],
    entropy,
    effectiveContext: spread,
    sink,
    firstFour: stack.sinkShares(4),
  };
}

function ownPairs(text: CapturedSequence, causal: boolean): Map<HeadRole, TokenPairs> {
  return new Map<HeadRole, TokenPairs>([
    ['duplicate', duplicates(text, causal)],
    ['induction', inductions(text, causal)],
    ['bracket', brackets(text)],
    ['identifier', identifiers(text, causal)],
  ]);
}

/** The sink's share in a map of even rows. */
function evenSink({ shape: { rows, columns, causal } }: StackData): number {
  if (!causal) return 1 / columns;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += 1 / (row + 1);
  return sum / rows;
}

export function profileOf(map: WeightMap): HeadProfile {
  const { rows, columns } = map.shape;
  const sums = new Float64Array(rows + columns);
  const counts = new Float64Array(rows + columns);
  let [total, previous, even, entropy, spread] = [0, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const bytes = map.row(row);
    const weights = Float32Array.from(bytes, (byte) => weightOf[byte] as number);
    const bits = entropyOf(weights);
    entropy += bits / rows;
    spread += 2 ** bits / rows;
    let mass = 0;
    let cells = 0;
    for (let column = 1; column < bytes.length; column++) {
      if (column === row) continue;
      const weight = weights[column] as number;
      const distance = row - column + columns - 1;
      sums[distance] = (sums[distance] as number) + weight;
      counts[distance] = (counts[distance] as number) + 1;
      mass += weight;
      cells++;
    }
    total += mass;
    if (row > 1) {
      previous += weights[row - 1] ?? 0;
      even += row - 1 < bytes.length && cells > 0 ? mass / cells : 0;
    }
  }
  return {
    total,
    byDistance: sums.map((sum, at) => (sum === 0 ? 0 : sum / (counts[at] as number))),
    previous: { score: ratio(previous, total), even: ratio(even, total) },
    entropy,
    effectiveContext: spread,
  };
}

/** Share of a head's weights on pairs, and what it were if the head cared for their distance alone. */
export function scoreOf(
  map: WeightMap,
  { starts, columns }: TokenPairs,
  { total, byDistance }: HeadProfile,
): { score: number; expected: number } {
  let [sum, expected] = [0, 0];
  for (let row = 0; row < map.shape.rows; row++) {
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      const column = columns[at] as number;
      if (column === 0 || column === row || (map.shape.causal && column > row)) continue;
      sum += map.weight(row, column);
      expected += byDistance[row - column + map.shape.columns - 1] as number;
    }
  }
  return { score: ratio(sum, total), expected: ratio(expected, total) };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
