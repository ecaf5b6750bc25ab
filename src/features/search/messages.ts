/** What the search page and its host say to each other. The page names hits by number: it never sends a path. */
import * as v from 'valibot';
import type { PageProtocol } from '../../ipc/pages/protocol';
import { count } from '../../common/schemas';
import type { Translate } from '../../common/translate';

const text = v.string();

/** UTF-16 units of a question. */
export const maxInputLength = 2_000;

const reason = v.strictObject({
  /** A term, or a rule as a sentence. */
  label: text,
  /** What it adds to the score, or the factor that it changes it by, as it is shown. */
  value: text,
  /** 0…1, for a bar: how much of the score comes from it; absent where it is a factor. */
  share: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});
export type HitReason = v.InferOutput<typeof reason>;

const hit = v.strictObject({
  /** Names the hit within its answer. */
  number: count,
  symbol: text,
  /** Where it is, as `12` or `12–20`. */
  lines: text,
  snippet: v.strictObject({ line: count, text, marks: v.array(v.tuple([count, count])) }),
  why: v.array(reason),
  /** The file in the window, with its lines as a fragment: what is dragged out of the view; absent where it is not known. */
  uri: v.optional(text),
});
export type ShownHit = v.InferOutput<typeof hit>;

const group = v.strictObject({ name: text, folder: text, hits: v.array(hit) });
export type Group = v.InferOutput<typeof group>;

const answer = v.strictObject({
  /** Names the answer. */
  id: count,
  groups: v.array(group),
  /** What there is to say about the question itself, a sentence each. */
  remarks: v.array(text),
  /** What the answer leaves out, one sentence; absent where the index is whole. */
  note: v.optional(text),
});
export type SearchAnswer = v.InferOutput<typeof answer>;

const skipped = v.strictObject({
  total: count,
  /** By reason; `number` names a file within the list. */
  groups: v.array(
    v.strictObject({ reason: text, files: v.array(v.strictObject({ number: count, name: text, folder: text })) }),
  ),
  /** How many are not listed. */
  more: count,
});
export type SkippedList = v.InferOutput<typeof skipped>;

const example = v.strictObject({ kind: v.picklist(['sentence', 'name', 'filter']), text });
/** A question about this workspace: a sentence of its documentation, the words of a name, a name with a filter. */
export type ShownExample = v.InferOutput<typeof example>;

/** What leads from a hit to other places: who calls it, whom it calls, which tests use it. */
const relation = v.picklist(['callers', 'callees', 'tests']);
export type HitRelation = v.InferOutput<typeof relation>;

const place = v.strictObject({ answer: count, hit: count });
export type HitRef = v.InferOutput<typeof place>;

/** What VS Code hands to a command of a hit's context menu, among other things: the hit's `data-vscode-context`. */
export const hitContext = v.object(place.entries);

const state = v.strictObject({
  /** `refining`: all can be searched, and will be better; `failed`: nothing can be searched, and `sentence` says why. */
  kind: v.picklist(['noWorkspace', 'ready', 'indexing', 'refining', 'paused', 'failed']),
  /** Shown to the user; empty where there is nothing to show. */
  sentence: text,
  /** 0…1: how much of the workspace can be searched, or has been embedded by the encoder; absent while unknown. */
  coverage: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** Grows when there may be more to find than before. */
  version: count,
});
export type SearchState = v.InferOutput<typeof state>;

export const searchProtocol = {
  requests: {
    search: { params: v.strictObject({ text: v.pipe(v.string(), v.maxLength(maxInputLength)) }), result: answer },
    /** Searches for code like the one that the event `similar` has announced. */
    similar: { params: v.strictObject({}), result: answer },
    /** Files that are not searched. */
    skipped: { params: v.strictObject({}), result: skipped },
    /** What could be asked here; none while the index has nothing to ask for. */
    examples: { params: v.strictObject({}), result: v.strictObject({ examples: v.array(example) }) },
  },
  notifications: {
    /** The page listens: the host sends it what it missed. */
    ready: v.strictObject({}),
    /** Words are searched for again, not what is like some code. */
    forgetSimilar: v.strictObject({}),
    open: v.strictObject({ ...place.entries, how: v.picklist(['open', 'preview', 'beside']) }),
    /** Shows all hits of the file over the editor. */
    peek: place,
    copy: place,
    /** Shows what calls the hit, what it calls, or its tests; what was found is said in the event `said`. */
    related: v.strictObject({ ...place.entries, relation }),
    /** Opens all hits with their code in one editor. */
    openAll: v.strictObject({ answer: count }),
    /** Opens a file of the list that was sent last. */
    openSkipped: v.strictObject({ file: count }),
    /** Shows why the hit and the question are alike. */
    explain: place,
    action: v.picklist(['openFolder', 'pause', 'resume', 'retry', 'showLog']),
  },
  events: {
    state,
    /** The input is to be filled, where a text is given, and focused. */
    focus: v.strictObject({ text: v.optional(text) }),
    /** What came of something that was asked for, one sentence. */
    said: v.strictObject({ sentence: text }),
    /** What is like a piece of code is to be looked for; the label says which. */
    similar: v.strictObject({ label: text }),
  },
} satisfies PageProtocol;
export type SearchProtocol = typeof searchProtocol;

/** How many hits there are in how many files, as both sides say it. @param t as `vscode.l10n.t` */
export function hitsInWords(hits: number, files: number, t: Translate): string {
  if (hits === 1) return t('1 hit');
  return files === 1 ? t('{0} hits in 1 file', hits) : t('{0} hits in {1} files', hits, files);
}
