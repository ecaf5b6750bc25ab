/**
 * Searches a file and those around it for places where the latest edit fits again, and tells each by lines and columns, so that
 * an editor can show it. Run by the thread of the next edit; reads files, changes none.
 */
import { createHash } from 'node:crypto';
import { withoutSecrets } from '../../common/secrets/withoutSecrets';
import type { EncodingSettings } from '../../common/text/encoding/decodeText';
import type { Neighbour } from '../../ipc/engine/protocol';
import { Neighbours } from '../fileTexts';
import type { SourceText } from '../matches';
import type { TokenizedText } from './analogy';
import type { RecentEdit } from './history';
import { nextEdits, tokenized } from './nextEdits';
import type { ProposedEdit } from './nextEdits';

export interface EditSearch {
  /** The last edits, the latest last. */
  readonly history: readonly RecentEdit[];
  /** The file of the latest one as it is now, with `\n` as line end. */
  readonly own: SourceText;
  /** Looked into besides, nearest first. */
  readonly neighbours: readonly Neighbour[];
  readonly encoding?: EncodingSettings | undefined;
  /** Confidence that is asked for, 0…1. */
  readonly least: number;
}

/** Both count from 0, characters in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** Where an edit is due: what would go there, what would come, and why. */
export interface FoundEdit {
  readonly path: string;
  /** Of the text that it was found in: {@link digestOf}. */
  readonly digest: string;
  readonly start: TextPosition;
  readonly end: TextPosition;
  /** What would go; begins and ends otherwise than what would come. */
  readonly old: string;
  readonly text: string;
  /** 0…1. */
  readonly confidence: number;
  /** Tokens before and behind that are the same as at the latest edit. */
  readonly sameTokens: { readonly before: number; readonly behind: number };
  /** Names there → names here, where they differ. */
  readonly names: readonly (readonly [string, string])[];
  /** The edits that it repeats, the latest last: where they stand now, where that is known. */
  readonly learntFrom: readonly {
    readonly path: string;
    readonly line: number | undefined;
    readonly before: string;
    readonly after: string;
  }[];
}

/** Tells a text from every other. The text is one without secrets, with `\n` as line end. */
export const digestOf = (text: string): string => createHash('sha1').update(text).digest('base64');

/** Keeps what it knows of the files of the last search. */
export class EditFinder {
  readonly #files = new Neighbours();
  #tokenized: ReadonlyMap<string, TokenizedText> = new Map();

  /** @returns the likeliest first */
  async find({ history, own, neighbours, encoding, least }: EditSearch): Promise<FoundEdit[]> {
    const around = await this.#files.read(neighbours, encoding);
    const texts = [{ ...own, text: withoutSecrets(own.text, own.path) }, ...around];
    const sources = texts.map(({ path, text }) => {
      const kept = this.#tokenized.get(path);
      return kept?.text === text ? kept : tokenized(path, text);
    });
    this.#tokenized = new Map(sources.map((source) => [source.path, source]));
    const textOf = (path: string): string | undefined => this.#tokenized.get(path)?.text;
    return nextEdits(history, sources, least).flatMap((proposed) => told(proposed, textOf) ?? []);
  }
}

function told(
  { edit, confidence, learntFrom }: ProposedEdit,
  textOf: (path: string) => string | undefined,
): FoundEdit | undefined {
  const source = textOf(edit.path) ?? '';
  const { start, end, text } = withoutCommonEnds(source, edit);
  if (start === end && text === '') return undefined;
  return {
    path: edit.path,
    digest: digestOf(source),
    start: positionAt(source, start),
    end: positionAt(source, end),
    old: source.slice(start, end),
    text,
    confidence,
    sameTokens: { before: edit.fit.exactLeft, behind: edit.fit.exactRight },
    names: [...edit.renames],
    learntFrom: learntFrom.map(({ path, start: at, pattern: { gapBefore, gapAfter } }) => {
      const own = textOf(path);
      const line = own === undefined ? undefined : positionAt(own, at).line;
      return { path, line, before: gapBefore.trim(), after: gapAfter.trim() };
    }),
  };
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The same replacement without what both texts begin and end with; no letter of two units is cut. */
function withoutCommonEnds(source: string, { start, end, text }: Replacement): Replacement {
  const old = source.slice(start, end);
  const most = Math.min(old.length, text.length);
  const isLead = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
  let same = 0;
  while (same < most && old[same] === text[same]) same++;
  if (same > 0 && isLead(old.charCodeAt(same - 1))) same--;
  let sameEnd = 0;
  while (sameEnd < most - same && old.at(-1 - sameEnd) === text.at(-1 - sameEnd)) sameEnd++;
  if (sameEnd > 0 && (old.charCodeAt(old.length - sameEnd) & 0xfc00) === 0xdc00) sameEnd--;
  return { start: start + same, end: end - sameEnd, text: text.slice(same, text.length - sameEnd) };
}

function positionAt(text: string, offset: number): TextPosition {
  let line = 0;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) {
    line++;
    lineStart = next + 1;
  }
  return { line, character: offset - lineStart };
}
