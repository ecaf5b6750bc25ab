/**
 * A decoder as the judge of proposed edits, as it was tried: how probable it finds the new text at its place, beside
 * the old one and the lines behind. In this process: what texts are scored by does not leave the engine.
 */
import path from 'node:path';
import { maxFollowingTokens } from '../../../src/engine/completion/reranking';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { openDecoderFolder } from '../../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../../src/modelFolder/tokenizer/tokenizer';
import type { WeighedPlace } from '../../../src/nearby/edits/nextEdits';

/** What stands before, what may stand there, and what stands behind. */
export interface JudgedTexts {
  readonly before: string;
  readonly old: string;
  readonly now: string;
  readonly behind: string;
}

/** Natural logarithms of probabilities: of the text, from where both differ on, and of what stands behind it. */
export interface Scored {
  readonly logprob: number;
  readonly tokens: number;
  readonly followed: number;
}

export interface Judgement {
  readonly old: Scored;
  readonly now: Scored;
}

export type AskJudge = (texts: JudgedTexts) => Promise<Judgement>;

/** UTF-16 units of what stands before, of an edit that was made, of either text, and of what stands behind. */
const most = { before: 240, made: 160, text: 240, behind: 100 };

/**
 * The lines of a place, before and after, below the last place where the edit was made: the model may follow it.
 *
 * @returns `undefined` where they are long
 */
export function judgedTexts(
  { edit: { path: file, start, end, text }, alike }: Pick<WeighedPlace, 'edit' | 'alike'>,
  textOf: (file: string) => string | undefined,
): JudgedTexts | undefined {
  const source = textOf(file) ?? '';
  const [from, to] = [lineStart(source, start), lineEnd(source, end)];
  const old = source.slice(from, to);
  const now = source.slice(from, start) + text + source.slice(end, to);
  if (Math.max(old.length, now.length) > most.text) return undefined;
  const above = lineStart(source, Math.max(0, from - most.before));
  const example = alike
    .filter((one) => one.path !== file || one.end < above || one.start > to)
    .slice(-1)
    .flatMap((one) => madeText(one, textOf(one.path)) ?? []);
  return {
    before: [...example, source.slice(above, from)].join('\n'),
    old,
    now,
    behind: source.slice(to, to + most.behind),
  };
}

/** The lines that an edit stands in now, and those around. */
function madeText({ start, end }: { start: number; end: number }, text: string | undefined): string | undefined {
  if (text === undefined || end - start > most.made) return undefined;
  const around = (most.made - (end - start)) / 2;
  return text.slice(lineStart(text, Math.max(0, start - around)), lineEnd(text, Math.min(text.length, end + around)));
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

function lineEnd(text: string, at: number): number {
  const next = text.indexOf('\n', at);
  return next < 0 ? text.length : next;
}

/** @param model its folder */
export async function openJudge(model: string): Promise<{ ask: AskJudge; dispose: () => Promise<void> }> {
  const folder = await openDecoderFolder(path.resolve(model));
  const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  const decoder = await Decoder.open(folder, { threads: 0 });
  const ask: AskJudge = async ({ before, old, now, behind }) => {
    const written = [old, now].map((text) => {
      const { ids, ranges } = tokenizer.encodeWithRanges(before + text + behind);
      const textEnd = ids.findIndex((_, at) => (ranges[2 * at] ?? 0) >= before.length + text.length);
      return { ids, textEnd: textEnd < 0 ? ids.length : textEnd };
    });
    const [first, second] = written as [(typeof written)[0], (typeof written)[0]];
    const least = Math.min(first.textEnd, second.textEnd);
    let shared = 0;
    while (shared < least && first.ids[shared] === second.ids[shared]) shared++;
    const score = async ({ ids, textEnd }: (typeof written)[0]): Promise<Scored> => {
      const given = Array.from(ids.subarray(shared, textEnd + maxFollowingTokens));
      const own = textEnd - shared;
      if (given.length === 0) return { logprob: 0, tokens: 0, followed: 0 };
      const { tokens } = await decoder.generate(
        { prompt: ids.slice(0, shared), given, maxTokens: given.length, stopIds: new Set(), forbiddenIds: [] },
        () => Promise.resolve(undefined),
      );
      const sum = (from: number, to?: number): number =>
        tokens.slice(from, to).reduce((total, { logprob }) => total + logprob, 0);
      return { logprob: sum(0, own), tokens: own, followed: sum(own) };
    };
    return { old: await score(first), now: await score(second) };
  };
  return { ask, dispose: () => decoder.dispose() };
}
