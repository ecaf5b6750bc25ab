/**
 * What *Choose a Model* shows, as data: the entries of its list, and the report of a trial beside the present model's. Pure
 * functions, used by `chooser.vscode.ts`.
 */
import type { Translate } from '../../common/translate';
import type { ModelDescription } from '../../ipc/engine/messages/describe';
import type { Report, ReportSection } from '../../ipc/pages/report';
import type { TrialFigures } from '../../host/trialFigures';
import { milliseconds, trialActions, whole } from './reportParts';
import { storeNames } from './stores';
import type { FoundModel } from './findModels';

/** What a model is wanted for: the setting that names it. */
export type ModelUse = 'decoder' | 'encoder';

/** A model of a store, looked at: what it is, or why it cannot be used, one sentence. */
export type LookedAt = { readonly found: FoundModel } & (
  { readonly description: ModelDescription } | { readonly problem: string }
);

/** A model that can be tried and used. */
export interface Choice {
  readonly use: ModelUse;
  /** What the setting says; empty for the model that comes with Glassbox. */
  readonly setting: string;
  /** Absolute path of what is opened. */
  readonly path: string;
  readonly label: string;
}

/** An entry of the list. Without a choice or a place it explains itself only. */
export interface ListEntry {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly choice?: Choice;
}

export interface ListGroup {
  readonly title: string;
  readonly entries: readonly ListEntry[];
}

/** Models by what they are good for, those that cannot be used last. @param present settings of now, by use */
export function listGroups(
  looked: readonly LookedAt[],
  own: readonly Choice[],
  present: Readonly<Record<ModelUse, string>>,
  t: Translate,
): ListGroup[] {
  const entries = (use: ModelUse): ListEntry[] => [
    ...own.filter((choice) => choice.use === use).map((choice) => marked({ label: choice.label, choice }, present)),
    ...looked.flatMap((one) => {
      if (!('description' in one) || one.description.role !== use) return [];
      const { found, description } = one;
      const choice: Choice = { use, setting: found.path, path: found.path, label: found.label };
      return [
        marked(
          {
            label: found.label,
            description: [storeNames[found.store], size(description.bytes), description.quantization].join(' · '),
            detail: factsOf(description, t),
            choice,
          },
          present,
        ),
      ];
    }),
  ];
  const unfit = looked.flatMap((one) => {
    const problem = problemOf(one, t);
    return problem === undefined
      ? []
      : [{ label: one.found.label, description: storeNames[one.found.store], detail: problem }];
  });
  return [
    { title: t('Completion and summaries'), entries: entries('decoder') },
    { title: t('Search'), entries: entries('encoder') },
    { title: t('Cannot be used here'), entries: unfit },
  ].filter((group) => group.entries.length > 0);
}

function marked(entry: ListEntry & { readonly choice: Choice }, present: Readonly<Record<ModelUse, string>>): ListEntry {
  return entry.choice.setting === present[entry.choice.use] ? { ...entry, label: `$(check) ${entry.label}` } : entry;
}

/** Why a model is not offered. */
function problemOf(one: LookedAt, t: Translate): string | undefined {
  if ('problem' in one) return one.problem.replaceAll(one.found.path, one.found.label);
  return one.description.role === 'encoder-decoder'
    ? t('It reads a text and writes another, which neither completion nor search can use.')
    : undefined;
}

function factsOf({ architecture, parameters, contextLength, fillsInTheMiddle, role }: ModelDescription, t: Translate): string {
  return [
    ...(architecture === undefined ? [] : [architecture]),
    ...(parameters === undefined ? [] : [t('{0} M parameters', (parameters / 1e6).toFixed(parameters < 1e8 ? 1 : 0))]),
    t('context {0}', contextLength),
    ...(role === 'decoder' ? [fillsInTheMiddle ? t('fills in the middle') : t('left to right')] : []),
  ].join(', ');
} // prettier-ignore

const size = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** A trial as it stands. */
export interface TrialState {
  readonly candidate: Choice;
  readonly present: Choice;
  readonly figures: { readonly candidate?: TrialFigures | undefined; readonly present?: TrialFigures | undefined };
  /** What is being done, one sentence; undefined where nothing is. */
  readonly working?: string | undefined;
  /** Why the candidate cannot be used, one sentence. */
  readonly problem?: string | undefined;
  /** Whether the candidate is the one in use by now. */
  readonly switched: boolean;
}

export function trialReport(state: TrialState, t: Translate): Report {
  const { candidate, present, figures, working, problem, switched } = state;
  const used = switched ? candidate : present;
  const mayBeUsed = figures.candidate !== undefined && candidate.setting !== present.setting;
  return {
    title: t('Trial of a Model'),
    summary: problem ?? t('On this machine, with small tasks, each model alone and without copying. In use: {0}.', used.label),
    sections: sectionsOf(state, t),
    actions: trialActions({ working, back: switched ? present.label : undefined, use: mayBeUsed ? candidate.label : undefined }, t),
    ...(working !== undefined && { working }),
  }; // prettier-ignore
}

function sectionsOf({ candidate, present, figures }: TrialState, t: Translate): ReportSection[] {
  const isSame = candidate.setting === present.setting;
  const compared = isSame ? [figures.candidate] : [figures.present, figures.candidate];
  if (compared.every((one) => one === undefined)) return [];
  const title = candidate.use === 'decoder' ? t('Completion and summaries') : t('Search');
  const columns = isSame ? [candidate.label] : [present.label, candidate.label];
  const rows = rowsOf(candidate.use, t).map(({ name, value }) => ({
    name,
    values: compared.map((one) => (one === undefined ? '' : (value(one) ?? '–'))),
  }));
  return [{ title, columns, rows }];
}

interface FigureRow {
  readonly name: string;
  readonly value: (figures: TrialFigures) => string | undefined;
}

function rowsOf(use: ModelUse, t: Translate): FigureRow[] {
  const both: FigureRow[] = [
    { name: t('Loads in'), value: ({ loadMs }) => milliseconds(loadMs) },
    { name: t('Memory of its process'), value: ({ residentBytes }) => size(residentBytes) },
  ];
  if (use === 'encoder') {
    return [
      ...both,
      { name: t('Texts read in a second'), value: ({ readPerSecond }) => whole(readPerSecond) },
      { name: t('A question takes'), value: ({ answerMs }) => milliseconds(answerMs) },
    ];
  }
  return [
    ...both,
    { name: t('Tokens read in a second'), value: ({ readPerSecond }) => whole(readPerSecond) },
    { name: t('Tokens written in a second'), value: ({ writtenPerSecond }) => whole(writtenPerSecond) },
    { name: t('From a key to text, estimated'), value: ({ answerMs }) => milliseconds(answerMs) },
    { name: t('Lines written exactly'), value: ({ exact }) => exact && t('{0} of {1}', exact.right, exact.of) },
    { name: t('Sees what stands behind the cursor'), value: ({ fillsInTheMiddle }) => (fillsInTheMiddle ? t('yes') : t('no')) },
  ]; // prettier-ignore
}
