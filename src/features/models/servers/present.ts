/**
 * What *Use a Server…* shows, as data: the models of the servers that were found, and the report of a trial beside the model of
 * this machine. Pure functions, used by `chooser.vscode.ts`.
 */
import { labelText } from '../../../common/text/markup';
import type { Translate } from '../../../common/translate';
import type { ServerSetting } from '../../../host/settings';
import type { TrialFigures } from '../../../host/trialFigures';
import type { Report, ReportSection } from '../../../ipc/pages/report';
import type { ServerPurpose } from '../../../host/servers/serverState';
import { parseAddress } from '../../../servers/address';
import { milliseconds, trialActions, whole } from '../reportParts';
import type { FoundServer } from './findServers';
import type { ServerCandidate, ServerFigures, ServerTrial } from './tryServer';

/** What a server can be used for, as the list of purposes shows it. */
export const purposeName = (purpose: ServerPurpose, t: Translate): string =>
  ({ completion: t('Completion'), summaries: t('Summaries'), search: t('Search') })[purpose];

/** A model of a server as an entry of the list. */
export interface ServerEntry {
  readonly label: string;
  readonly description: string;
  readonly candidate: ServerCandidate;
}

/** The models of one server that may serve a purpose, those that are made for it first; texts of the server cannot be markup. */
export function serverEntries(
  { address, description: { kind, models } }: FoundServer,
  purpose: ServerPurpose,
  t: Translate,
): ServerEntry[] {
  const isWanted = { completion: fills, summaries: chats, search: embeds }[purpose];
  return [...models]
    .sort((a, b) => Number(isWanted(b)) - Number(isWanted(a)))
    .map((model) => ({
      label: labelText(model.name),
      description: [
        kind,
        ...(model.contextLength === undefined ? [] : [t('context {0}', model.contextLength)]),
        ...(purpose === 'completion' && isWanted(model) ? [t('fills in the middle')] : []),
      ].join(' · '),
      candidate: { purpose, address, kind, model },
    }));
}

type Model = ServerCandidate['model'];
/** No server lists which of its models make vectors, but for Ollama; names mostly tell. */
const embeds = ({ name, embeds: told }: Model): boolean => told ?? /embed|bge|gte|minilm|(?:^|[^a-z])e5/i.test(name);
const chats = (model: Model): boolean => !embeds(model);
const fills = (model: Model): boolean => model.fill !== undefined && !embeds(model);

/** The trial of a server as it stands. */
export interface ServerTrialState {
  readonly candidate: ServerCandidate;
  /** What the settings said before; null where the model of this machine was used. */
  readonly before: ServerSetting | null;
  readonly trial?: ServerTrial | undefined;
  /** Of the model of this machine, where it was tried. */
  readonly local?: TrialFigures | undefined;
  readonly localLabel: string;
  /** What is being done, one sentence; undefined where nothing is. */
  readonly working?: string | undefined;
  /** Why the server cannot be used, one sentence. */
  readonly problem?: string | undefined;
  /** Whether the server is the one in use by now. */
  readonly switched: boolean;
}

/** Scheme, host and port of an address; the text itself where it is none. */
export function originOf(address: string): string {
  const parsed = parseAddress(address);
  return 'address' in parsed ? parsed.address.origin : address;
}

export function serverReport(state: ServerTrialState, t: Translate): Report {
  const { candidate, before, localLabel, trial, working, problem, switched } = state;
  const last = before === null ? localLabel : originOf(before.address);
  const own = originOf(candidate.address);
  const used = switched ? `${candidate.model.name}, ${own}` : last;
  return {
    title: t('Trial of a Server'),
    summary:
      problem ??
      t('With texts that come with Glassbox; none of yours was sent. In use for {0}: {1}.', purposeName(candidate.purpose, t), used),
    sections: sectionsOf(state, t),
    actions: trialActions({ working, back: switched ? last : undefined, use: trial && own }, t),
    ...(working !== undefined && { working }),
  }; // prettier-ignore
}

function sectionsOf({ candidate, trial, local, localLabel }: ServerTrialState, t: Translate): ReportSection[] {
  const { purpose, kind, address, model } = candidate;
  const server: ReportSection = {
    title: t('Server'),
    rows: [
      { name: t('Address'), values: [originOf(address)] },
      { name: t('Program'), values: [kind] },
      { name: t('Model'), values: [model.name] },
      ...(trial?.setting.endpoint === undefined ? [] : [{ name: t('Endpoint'), values: [trial.setting.endpoint] }]),
      ...(trial?.setting.spelling === undefined ? [] : [{ name: t('Spelling of the prompt'), values: [trial.setting.spelling] }]),
    ],
  }; // prettier-ignore
  if (trial === undefined) return [server];
  const isCompared = local !== undefined && purpose !== 'summaries';
  const rows = rowsOf(purpose, t).map(({ name, value }) => ({
    name,
    values: [...(isCompared ? [local] : []), trial.figures].map((figures) => value(figures) ?? '–'),
  }));
  const columns = [...(isCompared ? [localLabel] : []), originOf(address)];
  return [server, { title: purposeName(purpose, t), columns, rows }];
}

interface ServerFigureRow {
  readonly name: string;
  readonly value: (figures: Partial<ServerFigures>) => string | undefined;
}

function rowsOf(purpose: ServerPurpose, t: Translate): ServerFigureRow[] {
  const yes = (value: boolean | undefined): string | undefined =>
    value === undefined ? undefined : value ? t('yes') : t('no');
  const first: ServerFigureRow = { name: t('First text after'), value: ({ firstMs }) => milliseconds(firstMs) };
  const written: ServerFigureRow = {
    name: t('Tokens written in a second'),
    value: ({ writtenPerSecond }) => whole(writtenPerSecond),
  };
  switch (purpose) {
    case 'completion':
      return [
        first,
        { name: t('From a key to text, estimated'), value: ({ answerMs }) => milliseconds(answerMs) },
        written,
        { name: t('Lines written exactly'), value: ({ exact }) => exact && t('{0} of {1}', exact.right, exact.of) },
        { name: t('Sees what stands behind the cursor'), value: ({ fillsInTheMiddle }) => yes(fillsInTheMiddle) },
        { name: t('Says how sure it is of each token'), value: ({ givesProbabilities }) => yes(givesProbabilities) },
      ];
    case 'summaries':
      return [first, { name: t('A sentence takes'), value: ({ answerMs }) => milliseconds(answerMs) }, written];
    case 'search':
      return [
        { name: t('Texts read in a second'), value: ({ readPerSecond }) => whole(readPerSecond) },
        { name: t('A question takes'), value: ({ answerMs }) => milliseconds(answerMs) },
        { name: t('Numbers of a vector'), value: ({ dimension }) => whole(dimension) },
      ];
  }
}
