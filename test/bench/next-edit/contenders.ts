/** What is compared: each is told a change that was made, and says which others it would make. */
import { WorkPacker } from '../../../src/features/nextEdit/packedWork';
import { EditRecorder } from '../../../src/features/nextEdit/recorder';
import { wordsOf } from '../../../src/nearby/edits/changes';
import { EditHistory } from '../../../src/nearby/edits/history';
import { judgedTexts } from '../../../src/nearby/edits/judgement';
import {
  judgedEdits,
  minimumConfidence,
  nextEdits,
  searchedEdits,
  tokenized,
  weighedPlaces,
} from '../../../src/nearby/edits/nextEdits';
import type { ProposedEdit, WeighedPlace } from '../../../src/nearby/edits/nextEdits';
import type { TokenizedText } from '../../../src/nearby/edits/analogy';
import type { Judge } from './judge';
import { differenceOf } from './repeats';
import type { Hunk, MadeChange, Progress } from './steps';

/** A change that would be made: UTF-16 units of the file as it is now. */
export interface Proposal {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Contender {
  /** Starts with a step of which nothing is made. */
  begin(progress: Progress): void;
  /** @returns what is shown: one change, or all that would be made at once */
  after(hunk: Hunk, made: MadeChange): readonly Proposal[] | Promise<readonly Proposal[]>;
  /** Milliseconds of each search, in a file of many lines alone and with the files around; and of what the editor's process does itself. */
  readonly times?: {
    readonly file: number[];
    readonly around: number[];
    readonly key: number[];
    readonly rest: number[];
  };
}

/** Files that are looked into beside the one that was changed. */
const filesAround = 50;
/** The file that the time in one file is told of has so many lines, at least. */
const manyLines = 2_000;

export class Glassbox implements Contender {
  readonly times = { file: [] as number[], around: [] as number[], key: [] as number[], rest: [] as number[] };
  #progress!: Progress;
  #history = new EditHistory();
  #shown: ProposedEdit | undefined;
  readonly #files = new TokenizedFiles();

  constructor(
    private readonly least = minimumConfidence,
    private readonly options: {
      /** Is told of all places that are weighed. */
      readonly observe?: (places: readonly WeighedPlace[], progress: Progress) => void | Promise<void>;
      /** Is asked as in the editor. */
      readonly judge?: Judge;
    } = {},
  ) {}

  begin(progress: Progress): void {
    this.#progress = progress;
    this.#history = new EditHistory();
    this.#shown = undefined;
  }

  async after({ path }: Hunk, made: MadeChange): Promise<Proposal[]> {
    const { observe, judge } = this.options;
    const isTimed = observe === undefined && judge === undefined;
    this.#passBy(path, made);
    if (!this.#history.add(path, made)) return [];
    const own = this.#progress.textOf(path);
    if (isTimed && own.split('\n').length >= manyLines) {
      this.#time(this.times.file, [tokenized(path, own)]);
      this.#timeHost(path, made);
    }
    const around = nearestPaths(this.#progress, path);
    if (isTimed)
      this.#time(
        this.times.around,
        [path, ...around].map((other) => tokenized(other, this.#progress.textOf(other))),
      );
    const sources = [path, ...around].map((other) => this.#files.get(other, this.#progress.textOf(other)));
    await observe?.(weighedPlaces(this.#history.work, sources), this.#progress);
    this.#shown = await this.#proposed(sources);
    return this.#shown ? [this.#shown.edit] : [];
  }

  async #proposed(sources: readonly TokenizedText[]): Promise<ProposedEdit | undefined> {
    const { judge } = this.options;
    if (judge === undefined) return nextEdits(this.#history.work, sources, this.least)[0];
    const { likely, unsure } = searchedEdits(this.#history.work, sources, this.least);
    if (unsure.length === 0) return likely[0];
    const textOf = (path: string): string | undefined => sources.find((one) => one.path === path)?.text;
    const asked: Parameters<typeof judgedEdits<ProposedEdit>>[0][number][] = [];
    for (const place of unsure) {
      const texts = judgedTexts(place, textOf);
      asked.push({ place, judgement: texts && (await judge.of(texts)) });
    }
    return judgedEdits(asked, this.least)[0]?.place;
  }

  /** What was shown is passed by where the next change is made elsewhere. */
  #passBy(path: string, { start, end }: MadeChange): void {
    const { edit, learntFrom } = this.#shown ?? {};
    this.#shown = undefined;
    const last = learntFrom?.at(-1);
    if (edit === undefined || last === undefined) return;
    if (edit.path === path && edit.start <= end && edit.end >= start) return;
    this.#history.pass({ path: edit.path, start: edit.start, end: edit.end, pattern: last.pattern });
  }

  /** What the process of the editor does when a key is pressed, and when the edit rests; the rest is done by a thread. */
  #timeHost(path: string, { before, start, end, inserted }: MadeChange): void {
    const recorder = new EditRecorder();
    recorder.opened(path, () => before);
    const now = before.slice(0, start) + inserted + before.slice(end);
    const timed = (times: number[], act: () => unknown): void => {
      const from = performance.now();
      act();
      times.push(performance.now() - from);
    };
    timed(this.times.key, () =>
      recorder.edited(path, [{ offset: start, length: end - start, text: inserted }], () => now),
    );
    timed(this.times.rest, () => {
      recorder.settle();
      structuredClone({ work: new WorkPacker().pack(recorder.work), own: { path, text: now }, ended: recorder.ended });
    });
  }

  /** From texts of which nothing is known yet. Only where something is looked for. */
  #time(times: number[], sources: readonly TokenizedText[]): void {
    const start = performance.now();
    const found = nextEdits(this.#history.work, sources);
    const took = performance.now() - start;
    if (found.length > 0 || took > 0.5) times.push(took);
  }
}

/** Tokens of texts that were looked into before. */
export class TokenizedFiles {
  readonly #kept = new Map<string, TokenizedText>();

  get(path: string, text: string): TokenizedText {
    const kept = this.#kept.get(path);
    if (kept?.text === text) return kept;
    const made = tokenized(path, text);
    this.#kept.set(path, made);
    return made;
  }
}

/** The changed words are replaced wherever they stand, in the file and those around it, as whole words. */
export class ReplaceAll implements Contender {
  #progress!: Progress;

  begin(progress: Progress): void {
    this.#progress = progress;
  }

  after(hunk: Hunk, { before, start, end, inserted }: MadeChange): Proposal[] {
    const old = before.slice(start, end);
    const [from, to] = changedText(old, inserted);
    if (!/[\p{L}\p{N}]/u.test(from)) return [];
    const whole = new RegExp(`${edge(from.at(0)!)}${escaped(from)}${edge(from.at(-1)!)}`, 'gu');
    return [hunk.path, ...nearestPaths(this.#progress, hunk.path)].flatMap((path) =>
      Array.from(this.#progress.textOf(path).matchAll(whole), (match) => ({
        path,
        start: match.index,
        end: match.index + from.length,
        text: to,
      })),
    );
  }
}

/** A change of one word for another, if it is one. */
export function renamed(hunk: Hunk): { from: string; to: string } | undefined {
  const { removed, inserted } = differenceOf(hunk);
  const [from, to] = [removed[0], inserted[0]];
  if (removed.length !== 1 || inserted.length !== 1 || from === undefined || to === undefined) return undefined;
  return /^[\p{L}_$]/u.test(from) && /^[\p{L}_$]/u.test(to) ? { from, to } : undefined;
}

/** Of the files that are nearest by their folders. */
export function nearestPaths(progress: Progress, path: string): string[] {
  const folders = path.split('/').slice(0, -1);
  const nearness = (other: string): number => {
    const own = other.split('/').slice(0, -1);
    const shared = own.findIndex((name, index) => name !== folders[index]);
    return 2 * (shared < 0 ? own.length : shared) - own.length;
  };
  return progress.paths
    .filter((other) => other !== path)
    .map((other) => ({ other, near: nearness(other) }))
    .sort((a, b) => b.near - a.near)
    .slice(0, filesAround)
    .map(({ other }) => other);
}

/** What went and what came, without the words that both begin and end with. */
function changedText(old: string, now: string): [string, string] {
  const [before, after] = [old, now].map((text) => [...text.matchAll(/[\p{L}\p{N}_$]+|[^\s]/gu)]);
  const { removed, inserted } = differenceOf({ old: [old], now: [now] });
  const words = wordsOf(old);
  let first = 0;
  while (first < words.length && first < after!.length && words[first] === after![first]![0]) first++;
  const cut = (text: string, matches: readonly RegExpExecArray[], length: number): string => {
    if (length === 0) return '';
    const last = matches[first + length - 1]!;
    return text.slice(matches[first]!.index, last.index + last[0].length);
  };
  return [cut(old, before!, removed.length), cut(now, after!, inserted.length)];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** Between a word and what is none. */
const edge = (sign: string): string =>
  /[\p{L}\p{N}_$]/u.test(sign)
    ? '(?:(?<![\\p{L}\\p{N}_$])(?=[\\p{L}\\p{N}_$])|(?<=[\\p{L}\\p{N}_$])(?![\\p{L}\\p{N}_$]))'
    : '';
