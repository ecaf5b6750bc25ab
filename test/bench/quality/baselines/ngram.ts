/**
 * An interpolated n-gram model over the tokens of a workspace: contexts of up to six tokens, Witten–Bell smoothing
 * (Bell, Cleary & Witten 1990), greedy. Counts are looked up in a sorted list of positions, so that the file in
 * question can be left out for each task and its visible text be counted in its place.
 */
import { cutToTask } from '../situations';
import type { Situation, Workspace } from '../situations';
import { SortedContexts } from './sortedContexts';

const maxContextTokens = 6;
const maxTokens = { line: 40, block: 160 };
/** Of a context that occurs more often, so many evenly spread occurrences are counted. */
const maxOccurrences = 2000;

/** A blank belongs to what follows it, as in the model's own tokens; a line break to the indentation behind it. */
const token = /\n[^\S\n]*|[^\S\n]?(?:[\p{L}_$][\p{L}\p{N}_$]*|\p{N}[\p{L}\p{N}_.]*|[^\s\p{L}\p{N}_$])|[^\S\n]+/gu;
const tokens = (text: string): string[] => text.match(token) ?? [];
/** A word or a blank may be unfinished: what is written must begin with it. */
const mayGrow = (last: string): boolean => /^[^\S\n]?[\p{L}\p{N}_$]|^[^\S\n]$/u.test(last);
/** Between files and parts of files, so that no context crosses them. */
const border = '\0';

/** Successors of one context: how often each token followed. */
type Successors = Map<number, number>;

export class NgramModel {
  readonly #ids = new Map<string, number>([[border, 0]]);
  readonly #texts: string[] = [border];
  readonly #stream: Int32Array;
  readonly #ranges = new Map<string, { start: number; end: number }>();
  readonly #contexts: SortedContexts;

  /** @param workspace what may be counted; without one only the visible text of a task's own file */
  constructor(workspace?: Workspace) {
    const stream: number[] = [];
    for (const file of workspace?.files.values() ?? []) {
      const start = stream.length;
      for (const id of this.#encode(tokens(file.text))) stream.push(id);
      this.#ranges.set(file.path, { start, end: stream.length });
      stream.push(0);
    }
    this.#stream = Int32Array.from(stream);
    this.#contexts = new SortedContexts(this.#stream, this.#texts.length, maxContextTokens);
  }

  complete(situation: Situation): string {
    const before = tokens(situation.prefix);
    const partial = mayGrow(before.at(-1) ?? '') ? (before.pop() ?? '') : '';
    const context = [0, ...this.#encode(before)];
    const visible = Int32Array.from([...context, 0, ...this.#encode(tokens(situation.suffix))]);
    const own = this.#ranges.get(situation.path) ?? { start: 0, end: 0 };
    let text = '';
    for (let count = 0; count < maxTokens[situation.mode]; count++) {
      const next = this.#next(context, visible, own, count === 0 ? partial : '');
      if (next === undefined) break;
      const written = this.#texts[next]!;
      if (situation.mode === 'line' && written.startsWith('\n')) break;
      text += count === 0 ? written.slice(partial.length) : written;
      context.push(next);
    }
    return cutToTask(text, situation);
  }

  #encode(parts: readonly string[]): number[] {
    return parts.map((part) => {
      const known = this.#ids.get(part);
      if (known !== undefined) return known;
      this.#ids.set(part, this.#texts.length);
      this.#texts.push(part);
      return this.#texts.length - 1;
    });
  }

  /** The most probable token; the longer contexts correct the shorter ones. */
  #next(
    context: readonly number[],
    visible: Int32Array,
    own: { start: number; end: number },
    beginning: string,
  ): number | undefined {
    const successors = this.#successors(context, visible, own);
    let probabilities = new Map<number, number>();
    for (const counts of successors) {
      let total = 0;
      for (const count of counts.values()) total += count;
      const lower = probabilities;
      const backoff = counts.size / (total + counts.size);
      probabilities = new Map([...lower].map(([id, probability]) => [id, backoff * probability]));
      for (const [id, count] of counts)
        probabilities.set(id, count / (total + counts.size) + backoff * (lower.get(id) ?? 0));
    }
    let best: number | undefined;
    for (const [id, probability] of probabilities) {
      const fits = beginning === '' || this.#texts[id]!.startsWith(beginning);
      if (fits && probability > (best === undefined ? 0 : probabilities.get(best)!)) best = id;
    }
    return best;
  }

  /** What followed the last n tokens, for n = 1, 2, … up to the longest context that occurs. */
  #successors(context: readonly number[], visible: Int32Array, own: { start: number; end: number }): Successors[] {
    const all = Array.from({ length: maxContextTokens }, (): Successors => new Map());
    for (let at = 1; at < visible.length; at++) {
      const agreeing = commonEnding(visible, at, context);
      for (let order = 0; order < agreeing; order++) add(all[order]!, visible[at]!);
    }
    for (const [order, counts] of all.entries()) {
      const { from, to } = this.#contexts.find(context.slice(-(order + 1)));
      if (from === to) break;
      const step = Math.max(1, (to - from) / maxOccurrences);
      for (let place = from; place < to; place += step) {
        const position = this.#contexts.positions[Math.floor(place)]! + order + 1;
        if (position < this.#stream.length && (position < own.start || position > own.end))
          add(counts, this.#stream[position]!);
      }
    }
    return all.filter((counts) => counts.size > 0);
  }
}

/** A border is no successor: the one at the cursor would agree with the context best of all. */
function add(counts: Successors, id: number): void {
  if (id !== 0) counts.set(id, (counts.get(id) ?? 0) + 1);
}

/** How many of the tokens before a place agree with the end of the context, up to the longest context. */
function commonEnding(stream: Int32Array, end: number, context: readonly number[]): number {
  const most = Math.min(maxContextTokens, end, context.length);
  let length = 0;
  while (length < most && stream[end - 1 - length] === context[context.length - 1 - length]) length++;
  return length;
}
