/**
 * Makes the report of *Diagnose* from facts: sections of named values, without anything private. Used by the page and by the
 * command line's `doctor`; a pure function.
 */
import type { DiagnosisFacts, ModelReport, TimeReport } from '../../../host/diagnosis/facts';
import type { EngineStatus } from '../../../ipc/engine/protocol';
import type { ReportSection } from '../../../ipc/pages/report';
import type { Translate } from '../../../common/translate';
import { withoutPrivate } from './withoutPrivate';

type Row = ReportSection['rows'][number];

/** @param t translates names; values are figures and words of the programs */
export function diagnosisSections(facts: DiagnosisFacts, t: Translate): ReportSection[] {
  const clean = (text: string): string => withoutPrivate(text, facts.secret);
  return [
    { title: t('Versions'), rows: versionRows(facts, t) },
    { title: t('Devices'), rows: deviceRows(facts, clean, t) },
    { title: t('Models'), rows: (facts.models ?? []).flatMap((model) => modelRow(model, clean, t)) },
    { title: t('Servers'), rows: serverRows(facts, clean, t) },
    { title: t('Trials of these models'), rows: trialRows(facts, t) },
    timeSection(facts.times ?? [], t),
    { title: t('Index'), rows: indexRows(facts, clean, t) },
    { title: t('Processes'), rows: processRows(facts, clean, t) },
    { title: t('Storage'), rows: storageRows(facts, t) },
    { title: t('Last problems'), rows: problemRows(facts, clean, t) },
  ].filter(({ rows }) => rows.length > 0);
}

const row = (name: string, ...values: (string | number | undefined)[]): Row[] =>
  values[0] === undefined ? [] : [{ name, values: values.map(String) }];

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function versionRows({ product, machine, engine }: DiagnosisFacts, t: Translate): Row[] {
  return [
    ...row('Glassbox', product.version),
    ...row(t('Editor'), product.editor),
    ...row(t('Remote'), product.remote),
    ...row(t('System'), machine.system),
    ...row(t('Processor'), `${machine.processor}, ${t('{0} cores', machine.cores)}`),
    ...row(t('Memory'), t('{0}, {1} free', megabytes(machine.memoryBytes), megabytes(machine.freeMemoryBytes))),
    ...row('Node.js', machine.node),
    ...row('ONNX Runtime', engine?.status?.runtime),
  ];
}

function deviceRows({ settings, engine }: DiagnosisFacts, clean: (text: string) => string, t: Translate): Row[] {
  const status = engine?.status;
  return [
    ...row(t('Wanted'), settings && clean(settings.device)),
    ...row(t('Threads wanted'), settings && (settings.threads === 0 ? t('automatic') : settings.threads)),
    ...row(t('Threads used'), status?.threads),
    ...row(t('Models run on'), status && (status.accelerators.length > 0 ? status.accelerators.join(', ') : t('the processor'))),
    ...triedRows(status, clean, t),
    ...row(t('Last failure'), status?.acceleratorFailure && clean(status.acceleratorFailure)),
  ]; // prettier-ignore
}

/** What was tried, and why it is not used. */
function triedRows(status: EngineStatus | undefined, clean: (text: string) => string, t: Translate): Row[] {
  if (status?.devices === undefined) return [];
  const { anyPresent, supported, tried } = status.devices;
  return [
    ...row(t('Can be used by this build'), supported.length > 0 ? supported.join(', ') : t('the processor alone')),
    ...row(t('Accelerators found'), anyPresent ? t('yes') : t('no: none is tried by itself')),
    ...tried.map(({ provider, adapter, refused }) => ({
      name: adapter === '' ? provider : `${provider}: ${clean(adapter)}`,
      values: [refused === undefined ? t('used') : t('not used: {0}', clean(refused))],
    })),
  ];
}

function modelRow({ use, comesWith, info, smallSince, problem }: ModelReport, clean: (text: string) => string, t: Translate): Row[] {
  const uses = { completion: t('Completion'), search: t('Search'), table: t('Table of token vectors') };
  const whose = comesWith ? (info?.name ?? t('the one that comes with Glassbox')) : t('one of your own');
  const said = [
    whose,
    ...(info === undefined
      ? []
      : [
          info.role,
          t('context {0}', info.contextLength),
          t('vocabulary {0}', info.vocabularySize),
          ...(info.dimension === undefined ? [] : [t('{0} dimensions', info.dimension)]),
          ...(info.role === 'decoder' ? [info.fillsInTheMiddle ? t('fills in the middle') : t('left to right')] : []),
          t('loaded in {0} ms', Math.round(info.loadMs)),
        ]),
    ...(smallSince === undefined
      ? []
      : [t('the small one, since the larger one could not be built: {0}', clean(smallSince))]),
    ...(problem === undefined ? [] : [t('does not work: {0}', clean(problem))]),
  ];
  return row(uses[use], said.join(', '));
} // prettier-ignore

function serverRows({ servers = [] }: DiagnosisFacts, clean: (text: string) => string, t: Translate): Row[] {
  const uses = { completion: t('Completion'), summaries: t('Summaries'), search: t('Search') };
  const phases = {
    used: t('in use'),
    left: t('the local model answers in its place'),
    unconfirmed: t('not confirmed'),
    restricted: t('not used in Restricted Mode'),
    invalid: t('cannot be used'),
  };
  return servers.flatMap(({ purpose, origin, model, kind, phase, problem }) =>
    // Some servers name a model by the path of its file.
    row(
      uses[purpose],
      [origin, kind, model?.split(/[\\/]/).at(-1), phases[phase], problem && clean(problem)].filter(Boolean).join(', '),
    ),
  );
}

function trialRows({ trials = [] }: DiagnosisFacts, t: Translate): Row[] {
  return trials.flatMap(({ use, figures }) => {
    const { loadMs, residentBytes, readPerSecond, writtenPerSecond, answerMs, exact } = figures;
    const said = [
      t('loaded in {0} ms', Math.round(loadMs)),
      megabytes(residentBytes),
      ...(readPerSecond === undefined ? [] : [t('reads {0} a second', Math.round(readPerSecond))]),
      ...(writtenPerSecond === undefined ? [] : [t('writes {0} a second', Math.round(writtenPerSecond))]),
      ...(answerMs === undefined ? [] : [t('answers in {0} ms', Math.round(answerMs))]),
      ...(exact === undefined ? [] : [t('{0} of {1} lines exact', exact.right, exact.of)]),
    ];
    return row(use === 'completion' ? t('Completion') : t('Search'), said.join(', '));
  });
}

function timeSection(times: readonly TimeReport[], t: Translate): ReportSection {
  const stages: Readonly<Record<TimeReport['stage'], string>> = {
    known: t('Text that was known'),
    copied: t('Copied from near by'),
    written: t('Written by the model'),
    read: t('Reading the prompt'),
    decode: t('Writing tokens'),
  };
  const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  return {
    title: t('Timings'),
    columns: ['p50', 'p95', t('count')],
    rows: times.flatMap(({ stage, p50, p95, count }) => row(stages[stage], ms(p50), ms(p95), count)),
  };
}

function indexRows(facts: DiagnosisFacts, clean: (text: string) => string, t: Translate): Row[] {
  const { index } = facts;
  if (!('index' in facts)) return [];
  if (index === undefined) return row(t('State'), t('not in use'));
  return [
    ...row(t('State'), index.state === 'ready' ? index.phase : index.state),
    ...row(t('Files'), index.files),
    ...row(t('Pieces'), index.chunks),
    ...row(t('Size'), index.bytes === undefined ? undefined : megabytes(index.bytes)),
    ...row(t('Problem'), index.problem && clean(index.problem)),
  ];
}

function processRows({ engine, hostBytes, index }: DiagnosisFacts, clean: (text: string) => string, t: Translate): Row[] {
  const memory = engine?.status?.residentBytes;
  return [
    ...row(t('This process'), hostBytes === undefined ? undefined : megabytes(hostBytes)),
    ...row(t('Engine'), engine && [engine.state, ...(memory === undefined ? [] : [megabytes(memory)])].join(', ')),
    ...row(t('Why the engine does not work'), engine?.problem && clean(engine.problem)),
    ...row(t('Index process'), index?.state),
  ];
} // prettier-ignore

function storageRows({ storage = [] }: DiagnosisFacts, t: Translate): Row[] {
  const names = {
    engine: t('Packed weights and measurements'),
    shared: t('Shared by all workspaces'),
    workspace: t('Of this workspace'),
  };
  return storage.flatMap(({ what, bytes }) => row(names[what], megabytes(bytes)));
}

function problemRows({ problems }: DiagnosisFacts, clean: (text: string) => string, t: Translate): Row[] {
  if (problems === undefined) return [];
  if (problems.length === 0) return row(t('None since the start'), '');
  return [...problems]
    .reverse()
    .flatMap(({ at, level, text }) => row(new Date(at).toISOString().slice(11, 19), `${level}: ${clean(text)}`));
}
