/**
 * Text, icon and tooltip of the status item for a given state. Used by `item.vscode.ts`; pure functions without VS
 * Code.
 */
import type { ActivityState } from '../../host/activity';
import { serversShown, serverSentences } from './servers';
import { labelText } from '../../common/text/markup';
import type { Translate } from '../../common/translate';

/** All that the status item shows is made of. */
export interface StatusInput {
  readonly activity: ActivityState;
  readonly completionEnabled: boolean;
  /** The active editor's language; undefined where no editor is active. */
  readonly languageId: string | undefined;
  readonly languageEnabled: boolean;
  /** When the pause ends, in the user's way of writing a time; undefined where there is none. */
  readonly snoozedUntil: string | undefined;
  /** Why nothing appeared in the active editor the last time; undefined where something did. */
  readonly explanation: string | undefined;
  /** Set where the small decoder takes the place of a larger one, with the reason where it is known: a sentence. */
  readonly smallDecoder: { readonly reason: string | undefined } | undefined;
  /** Models that were chosen and have gone, by what they are called. */
  readonly goneModels: readonly string[];
}

export type StatusKind = 'ready' | 'loading' | 'working' | 'off' | 'snoozed' | 'failed';

export interface Presentation {
  readonly kind: StatusKind;
  /** The item's text, with its icon. */
  readonly text: string;
  /** One sentence: what the state is. The first line of the tooltip, and what a screen reader says. */
  readonly summary: string;
  /** Further lines of the tooltip, each a sentence or a figure. Plain text. */
  readonly details: readonly string[];
}

const icons: Readonly<Record<StatusKind | 'edit', string>> = {
  edit: '$(edit)',
  ready: '$(eye)',
  loading: '$(loading~spin)',
  working: '$(loading~spin)',
  off: '$(eye-closed)',
  snoozed: '$(bell-slash)',
  failed: '$(warning)',
};

/** What the status item shows. */
export function present(input: StatusInput, t: Translate): Presentation {
  const { kind, summary } = stateOf(input, t);
  const { index, nextEdit, servers } = input.activity;
  const name = `Glassbox${serversShown(servers)}`;
  if (nextEdit !== undefined && kind !== 'failed' && kind !== 'loading') {
    const { sentence } = nextEdit;
    return {
      kind,
      text: `${icons.edit} ${name}: ${labelText(sentence)}`,
      summary: sentence,
      details: detailsOf(input, t),
    };
  }
  const indexed = index?.share === undefined ? '' : ` $(database) ${Math.floor(index.share * 100)}%`;
  return {
    kind,
    text: `${icons[kind]} ${name}${indexed}`,
    summary,
    details: detailsOf(input, t),
  };
}

/** What the user switched off comes before what failed: where nothing is wanted, nothing is missing. */
function stateOf(input: StatusInput, t: Translate): { kind: StatusKind; summary: string } {
  const { engine, failure, running, summaries, model } = input.activity;
  // Whether completions are wanted is no matter of a summary, which was asked for.
  if (summaries > 0 && engine.kind !== 'failed')
    return waiting(engine, t) ?? { kind: 'working', summary: t('Writing a summary') };
  if (!input.completionEnabled) return { kind: 'off', summary: t('Completions are switched off') };
  if (input.snoozedUntil !== undefined) {
    return { kind: 'snoozed', summary: t('Completions are snoozed until {0}', input.snoozedUntil) };
  }
  if (input.languageId !== undefined && !input.languageEnabled) {
    return { kind: 'off', summary: t('Completions are switched off for the language {0}', input.languageId) };
  }
  const byServer = input.activity.servers.some(({ purpose, phase }) => purpose === 'completion' && phase === 'used');
  if (engine.kind === 'failed' && !byServer)
    return { kind: 'failed', summary: t('Completions do not work: {0}', engine.reason) };
  if (failure !== undefined) return { kind: 'failed', summary: t('Completions do not work: {0}', failure) };
  const notYet = waiting(engine, t);
  if (notYet !== undefined) return notYet;
  if (running > 0) return { kind: 'working', summary: t('Writing a suggestion') };
  if (model === undefined) return { kind: 'ready', summary: t('Ready; the model is loaded when you type') };
  return { kind: 'ready', summary: t('Ready') };
}

/** What the engine has to do before it can do anything else. */
function waiting(engine: ActivityState['engine'], t: Translate): { kind: StatusKind; summary: string } | undefined {
  if (engine.kind === 'starting') return { kind: 'loading', summary: t('The engine is starting') };
  if (engine.kind === 'ready' && engine.loading) return { kind: 'loading', summary: t('The model is being loaded') };
  return undefined;
}

function detailsOf(
  { activity: { model, lastRun, index, servers }, explanation, smallDecoder, goneModels }: StatusInput,
  t: Translate,
): string[] {
  const details: string[] = [];
  if (explanation !== undefined) details.push(t('No suggestion: {0}', explanation));
  details.push(...serverSentences(servers, t));
  for (const name of goneModels)
    details.push(
      t('{0}, which you chose, is no longer on this disk: the model that comes with Glassbox is used', name),
    );
  if (model !== undefined) {
    details.push(
      model.residentBytes === undefined
        ? t('Model: {0}', model.name)
        : t('Model: {0}, engine memory {1} MB', model.name, Math.round(model.residentBytes / 1e6)),
    );
    if (model.accelerators !== undefined && model.accelerators.length > 0)
      details.push(t('Runs on {0}', model.accelerators.join(', ')));
    if (model.acceleratorFailure !== undefined) details.push(model.acceleratorFailure);
    if (smallDecoder !== undefined) details.push(whySmall(smallDecoder.reason, t));
  }
  if (lastRun !== undefined) {
    const { reusedTokens, prefillTokens, decodeTokens } = lastRun.timings;
    details.push(
      t(
        'Last suggestion: {0} ms; {1} tokens read, {2} remembered, {3} written',
        Math.round(lastRun.totalMs),
        prefillTokens,
        reusedTokens,
        decodeTokens,
      ),
    );
  }
  if (index !== undefined && index.sentence !== '') details.push(index.sentence);
  return details;
}

function whySmall(reason: string | undefined, t: Translate): string {
  return reason === undefined
    ? t('This is the small decoder, because the larger one is not part of this build')
    : t('This is the small decoder, because the larger one could not be built: {0}', reason);
}
