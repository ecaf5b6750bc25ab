/**
 * Searches a file and those around it for places where the latest edit fits again, and tells each by lines and columns, so that
 * an editor can show it. Run by the thread of the next edit; reads files, changes none.
 */
import { withoutSecrets } from '../../common/secrets/withoutSecrets';
import type { EncodingSettings } from '../../common/text/encoding/decodeText';
import type { Neighbour } from '../../ipc/engine/protocol';
import { Neighbours } from '../fileTexts';
import type { SourceText } from '../matches';
import type { TokenizedText } from './analogy';
import type { RecentWork } from './history';
import { judgedTexts } from './judgement';
import type { JudgedTexts } from './judgement';
import { searchedEdits, tokenized } from './nextEdits';
import type { LeastConfidence, ProposedEdit } from './nextEdits';
import { placedEdit, positionAt } from './placedEdit';
import type { PlacedEdit } from './placedEdit';

export interface EditSearch {
  readonly work: RecentWork;
  /** The file of the latest one as it is now, with `\n` as line end. */
  readonly own: SourceText;
  /** Looked into besides, nearest first. */
  readonly neighbours: readonly Neighbour[];
  readonly encoding?: EncodingSettings | undefined;
  readonly least: LeastConfidence;
}

/** Where the latest edit is due again, and why. */
export interface FoundEdit extends PlacedEdit {
  /** 0…1. */
  readonly confidence: number;
  /** Which of the last edits would be made again: its place among them. */
  readonly repeats: number;
  /** What would be replaced: UTF-16 units of the file, line ends `\n`. */
  readonly units: { readonly start: number; readonly end: number };
  /** Tokens before and behind that are the same as at the latest edit. */
  readonly sameTokens: { readonly before: number; readonly behind: number };
  /** Names there → names here, where they differ. */
  readonly names: readonly (readonly [string, string])[];
  /** What a model can be asked about it; nothing of a place with long lines. */
  readonly texts: JudgedTexts | undefined;
  /** The edits that it repeats, the latest last: where they stand now, where that is known. */
  readonly learntFrom: readonly {
    readonly path: string;
    readonly line: number | undefined;
    readonly before: string;
    readonly after: string;
  }[];
}

/** See `SearchedEdits`. */
export interface FoundEdits {
  readonly likely: readonly FoundEdit[];
  readonly unsure: readonly FoundEdit[];
}

/** Keeps what it knows of the files of the last search. */
export class EditFinder {
  readonly #files = new Neighbours();
  #tokenized: ReadonlyMap<string, TokenizedText> = new Map();

  async find({ work, own, neighbours, encoding, least }: EditSearch): Promise<FoundEdits> {
    const around = await this.#files.read(neighbours, encoding);
    const texts = [{ ...own, text: withoutSecrets(own.text, own.path) }, ...around];
    const sources = texts.map(({ path, text }) => {
      const kept = this.#tokenized.get(path);
      return kept?.text === text ? kept : tokenized(path, text);
    });
    this.#tokenized = new Map(sources.map((source) => [source.path, source]));
    const textOf = (path: string): string | undefined => this.#tokenized.get(path)?.text;
    const { likely, unsure } = searchedEdits(work, sources, least);
    const all = (edits: readonly ProposedEdit[]): FoundEdit[] =>
      edits.flatMap((proposed) => told(proposed, work, textOf) ?? []);
    return { likely: all(likely), unsure: all(unsure) };
  }
}

function told(
  { edit, confidence, learntFrom }: ProposedEdit,
  { edits }: RecentWork,
  textOf: (path: string) => string | undefined,
): FoundEdit | undefined {
  const source = textOf(edit.path) ?? '';
  const placed = placedEdit(edit.path, source, edit);
  return (
    placed && {
      ...placed,
      confidence,
      repeats: edits.findLastIndex((one) => one === learntFrom.at(-1)),
      units: { start: edit.start, end: edit.end },
      sameTokens: { before: edit.fit.exactLeft, behind: edit.fit.exactRight },
      names: [...edit.renames],
      texts: judgedTexts({ edit, learntFrom }, textOf),
      learntFrom: learntFrom.map(({ path, start: at, pattern: { gapBefore, gapAfter } }) => {
        const own = textOf(path);
        const line = own === undefined ? undefined : positionAt(own, at).line;
        return { path, line, before: gapBefore.trim(), after: gapAfter.trim() };
      }),
    }
  );
}
