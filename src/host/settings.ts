/**
 * Validates raw settings into complete, typed values with defaults for what is missing or wrong. Used by
 * `configuration.vscode.ts`, completion and the status feature; no VS Code in it.
 */
import * as v from 'valibot';
import { settings as names } from './ids';
import { completionModes } from '../ipc/engine/protocol';
import type { CompletionMode } from '../ipc/engine/protocol';
import type { FillEndpoint } from '../servers/probe';

/** A server of the user's, and what is asked there. Whether it may be, `src/servers` says. */
export interface ServerSetting {
  /** `http://127.0.0.1:8080`. */
  readonly address: string;
  /** As the server names it; where it is left out, the first that suits. */
  readonly model?: string | undefined;
  /** How a completion is asked for, where that is not what the server's program has. */
  readonly endpoint?: FillEndpoint | undefined;
  /** How a fill-in-the-middle prompt is written, where the model's name does not tell: see `spellings`. */
  readonly spelling?: string | undefined;
}

/** The extension's settings as the rest of the code sees them: complete, typed and within their bounds. */
export interface Settings {
  readonly completionEnabled: boolean;
  /** Language identifier → on or off; `*` stands for every language not listed. */
  readonly completionLanguages: Readonly<Record<string, boolean>>;
  /** Where suggestions appear while the user types; those asked for by a command appear everywhere. */
  readonly completionWhere: {
    readonly comments: boolean;
    readonly strings: boolean;
    readonly multipleCursors: boolean;
    readonly diffEditors: boolean;
  };
  readonly completionLength: CompletionMode;
  /** Whether a suggestion may be copied from the file itself and from files near by. */
  readonly completionCopying: boolean;
  /** When what follows a suggestion is computed while it is on screen, and text is read in before the first key. */
  readonly completionAskAhead: 'never' | 'pluggedIn' | 'always';
  /** What of other places the model is shown, beside the text around the cursor. */
  readonly completionContext: 'none' | 'definitions';
  /** 0…1; suggestions in which the model has less confidence are not shown. */
  readonly completionMinimumConfidence: number;
  /** Whether what becomes of suggestions is counted, on this machine, and moves that confidence. */
  readonly completionLearning: boolean;
  /** Whether edits that repeat are proposed elsewhere: not at all, the surest alone, or all that are likely. */
  readonly nextEdit: 'off' | 'quiet' | 'on';
  /** Model folder; empty for the embedded one. */
  readonly modelDecoder: string;
  /** Model folder; empty for the one that comes with the extension; `none`: the table of token vectors compares meanings alone. */
  readonly modelEncoder: string;
  /** Whether the encoder reads the workspace also while the computer runs on battery. */
  readonly searchOnBattery: boolean;
  /** A server that completes, summarizes, or compares meanings in place of the local model. */
  readonly serverCompletion: ServerSetting | null;
  readonly serverSummaries: ServerSetting | null;
  readonly serverSearch: ServerSetting | null;
  /** 0: as many as the machine has physical cores. */
  readonly engineThreads: number;
  /** `auto`, `cpu`, or names of execution providers with commas between them. */
  readonly engineDevice: string;
  /** 0: never. */
  readonly engineUnloadAfterMinutes: number;
}

/** Words for how much confidence is wanted: of what is shown, two in five, half and three in five are exact (models/README.md). */
const confidenceWords = { eager: 0.1, balanced: 0.18, quiet: 0.3 } as const;

/** What holds where the user says nothing, or nothing that makes sense. A test compares this with package.json. */
export const defaults: Settings = {
  completionEnabled: true,
  completionLanguages: { '*': true, plaintext: false, markdown: false, scminput: false, log: false },
  completionWhere: { comments: true, strings: true, multipleCursors: false, diffEditors: true },
  completionLength: 'line',
  completionCopying: true,
  completionAskAhead: 'pluggedIn',
  completionContext: 'none',
  completionMinimumConfidence: 0.18,
  completionLearning: true,
  nextEdit: 'quiet',
  modelDecoder: '',
  modelEncoder: '',
  searchOnBattery: false,
  serverCompletion: null,
  serverSummaries: null,
  serverSearch: null,
  engineThreads: 0,
  engineDevice: 'auto',
  engineUnloadAfterMinutes: 10,
};

const { comments, strings, multipleCursors, diffEditors } = defaults.completionWhere;

const written = v.pipe(v.string(), v.trim(), v.minLength(1));
const fillEndpoints: readonly FillEndpoint[] = ['infill', 'completions', 'generate', 'fimCompletions'];
/** What does not fit is no server: nothing is sent by half a setting. */
const server = v.fallback(
  v.nullable(
    v.strictObject({
      address: written,
      model: v.optional(written),
      endpoint: v.optional(v.picklist(fillEndpoints)),
      spelling: v.optional(written),
    }),
  ),
  null,
);

const schema = v.object({
  completionEnabled: v.fallback(v.boolean(), defaults.completionEnabled),
  completionLanguages: v.fallback(v.record(v.string(), v.boolean()), { ...defaults.completionLanguages }),
  completionWhere: v.fallback(
    v.object({
      comments: v.fallback(v.boolean(), comments),
      strings: v.fallback(v.boolean(), strings),
      multipleCursors: v.fallback(v.boolean(), multipleCursors),
      diffEditors: v.fallback(v.boolean(), diffEditors),
    }),
    defaults.completionWhere,
  ),
  completionLength: v.fallback(v.picklist(completionModes), defaults.completionLength),
  completionCopying: v.fallback(v.boolean(), defaults.completionCopying),
  completionAskAhead: v.fallback(v.picklist(['never', 'pluggedIn', 'always']), defaults.completionAskAhead),
  completionContext: v.fallback(v.picklist(['none', 'definitions']), defaults.completionContext),
  completionMinimumConfidence: v.fallback(
    v.union([
      v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
      v.pipe(
        v.picklist(['eager', 'balanced', 'quiet']),
        v.transform((word) => confidenceWords[word]),
      ),
    ]),
    defaults.completionMinimumConfidence,
  ),
  completionLearning: v.fallback(v.boolean(), defaults.completionLearning),
  nextEdit: v.fallback(v.picklist(['off', 'quiet', 'on']), defaults.nextEdit),
  modelDecoder: v.fallback(v.pipe(v.string(), v.trim()), defaults.modelDecoder),
  modelEncoder: v.fallback(v.pipe(v.string(), v.trim()), defaults.modelEncoder),
  searchOnBattery: v.fallback(v.boolean(), defaults.searchOnBattery),
  serverCompletion: server,
  serverSummaries: server,
  serverSearch: server,
  engineThreads: v.fallback(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)), defaults.engineThreads),
  engineDevice: v.fallback(v.pipe(v.string(), v.trim(), v.minLength(1)), defaults.engineDevice),
  engineUnloadAfterMinutes: v.fallback(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1440)),
    defaults.engineUnloadAfterMinutes,
  ),
});

/**
 * Reads all settings.
 * @param get gives what the user wrote (or the default) for a full setting name, unchecked: VS Code hands over
 *   whatever stands in settings.json, so a value of the wrong type falls back to the default.
 */
export function readSettings(get: (name: string) => unknown): Settings {
  return v.parse(schema, Object.fromEntries(Object.entries(names).map(([key, name]) => [key, get(name)])));
}

/** Whether suggestions are wanted in a language; what is listed for the language wins over `*`. */
export function isLanguageEnabled(languages: Settings['completionLanguages'], languageId: string): boolean {
  const listed = (id: string): boolean | undefined => (Object.hasOwn(languages, id) ? languages[id] : undefined);
  return listed(languageId) ?? listed('*') ?? true;
}
