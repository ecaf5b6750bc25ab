/**
 * Entries of the status item's menu for a given state, as data. Used by the status feature, which performs the
 * actions; no VS Code in it.
 */
import { commands, internalCommands } from '../../host/ids';
import type { LearnedConfidence } from '../../host/activity';
import type { Translate } from '../../common/translate';

/** What choosing an entry of the menu does. */
export type MenuAction =
  | { readonly kind: 'toggle' }
  | { readonly kind: 'toggleLanguage'; readonly languageId: string }
  | { readonly kind: 'snooze'; readonly minutes: number }
  | { readonly kind: 'resume' }
  | { readonly kind: 'command'; readonly command: string; readonly arguments: readonly unknown[] };

export interface MenuEntry {
  readonly label: string;
  /** A line below it. */
  readonly detail?: string;
  readonly action: MenuAction;
}

export interface MenuInput {
  readonly completionEnabled: boolean;
  /** The active editor's language; undefined where no editor is active. */
  readonly languageId: string | undefined;
  readonly languageEnabled: boolean;
  /** Servers that settings name and the user has not confirmed: where they are. */
  readonly unconfirmed: readonly string[];
  readonly snoozed: boolean;
  /** At how many places an edit is proposed. */
  readonly nextEdits: number;
  /** Of the active editor's language; undefined where nothing was learned. */
  readonly learned: LearnedConfidence | undefined;
  /** What the search index is doing. */
  readonly indexing: 'idle' | 'indexing' | 'paused' | 'stopped';
}

/** How long a snooze may be, minutes. */
export const snoozeMinutes = [5, 15, 60] as const;

/** The status item's menu, in groups. */
export function menu(input: MenuInput, t: Translate): readonly (readonly MenuEntry[])[] {
  return [
    proposed(input, t),
    toConfirm(input, t),
    switches(input, t),
    snoozing(input, t),
    suggestions(input, t),
    searching(input, t),
    tools(t),
  ].filter((group) => group.length > 0);
}

/** What can be done with an edit that is proposed. */
function proposed({ nextEdits }: MenuInput, t: Translate): MenuEntry[] {
  if (nextEdits === 0) return [];
  return [
    run(t('$(edit) Go to the next edit, or apply it there'), commands.nextEditTake),
    run(t('$(checklist) Apply it to several places: {0}', nextEdits), commands.nextEditApplyOthers),
    run(t('$(diff) Preview it'), commands.nextEditPreview),
    run(t('$(question) Why is it proposed?'), commands.nextEditExplain),
    run(t('$(close) Decline it'), commands.nextEditDecline),
  ];
}

/** Servers are asked after the user has said so. */
function toConfirm({ unconfirmed }: MenuInput, t: Translate): MenuEntry[] {
  if (unconfirmed.length === 0) return [];
  return [
    run(
      t('$(server) Confirm the server of your settings: {0}', unconfirmed.join(', ')),
      internalCommands.confirmServers,
    ),
  ];
}

/** The entries that begin or end a snooze. */
export function snoozing({ completionEnabled, snoozed }: MenuInput, t: Translate): MenuEntry[] {
  if (!completionEnabled) return [];
  const entries = snoozeMinutes.map((minutes): MenuEntry => ({
    label: t('$(bell-slash) Snooze for {0} minutes', minutes),
    action: { kind: 'snooze', minutes },
  }));
  return snoozed ? [{ label: t('$(bell) Resume now'), action: { kind: 'resume' } }, ...entries] : entries;
}

function switches({ completionEnabled, languageId, languageEnabled }: MenuInput, t: Translate): MenuEntry[] {
  const all: MenuEntry = {
    label: completionEnabled ? t('$(eye-closed) Switch completions off') : t('$(eye) Switch completions on'),
    action: { kind: 'toggle' },
  };
  if (!completionEnabled || languageId === undefined) return [all];
  return [
    all,
    {
      label: languageEnabled
        ? t('$(eye-closed) Switch completions off for {0}', languageId)
        : t('$(eye) Switch completions on for {0}', languageId),
      action: { kind: 'toggleLanguage', languageId },
    },
  ];
}

function searching({ indexing }: MenuInput, t: Translate): MenuEntry[] {
  const search = run(t('$(search) Search by meaning'), commands.searchByMeaning);
  if (indexing === 'stopped') return [search, run(t('$(debug-restart) Restart the index'), commands.restartIndex)];
  if (indexing === 'indexing') return [search, run(t('$(debug-pause) Pause indexing'), commands.pauseIndexing)];
  if (indexing === 'paused') return [search, run(t('$(debug-continue) Resume indexing'), commands.resumeIndexing)];
  return [search];
}

/** What was learned of suggestions, and how to forget it. */
function suggestions({ languageId, learned }: MenuInput, t: Translate): MenuEntry[] {
  const page = run(t('$(graph) Your suggestions'), commands.showSuggestionStatistics);
  if (learned === undefined || languageId === undefined) return [page];
  const percent = (share: number): string => String(Math.round(share * 100));
  const detail = t(
    'In {0}, shown from {1} % on instead of {2} %, learned from {3} suggestions',
    languageId,
    percent(learned.learned),
    percent(learned.wanted),
    Math.round(learned.judged),
  );
  return [{ ...page, detail }, run(t('$(discard) Forget what was learned'), commands.resetLearning)];
}

function run(label: string, command: string, ...parameters: unknown[]): MenuEntry {
  return { label, action: { kind: 'command', command, arguments: parameters } };
}

function tools(t: Translate): MenuEntry[] {
  return [
    run(t('$(debug-restart) Restart the engine'), commands.restartEngine),
    run(t('$(package) Choose a model'), commands.chooseModel),
    run(t('$(server) Use a server'), commands.useServer),
    run(t('$(pulse) Diagnose'), commands.diagnose),
    run(t('$(output) Show the log'), commands.showLog),
    run(t('$(gear) Open the settings'), 'workbench.action.openSettings', '@ext:glassbox.glassbox'),
  ];
}
