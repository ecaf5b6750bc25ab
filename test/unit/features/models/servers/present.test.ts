import assert from 'node:assert/strict';
import { serverEntries, serverReport } from '../../../../../src/features/models/servers/present';
import type { ServerTrialState } from '../../../../../src/features/models/servers/present';
import type { TrialFigures } from '../../../../../src/host/trialFigures';
import { t } from '../../../../support/translate';

const address = 'http://127.0.0.1:8080/v1';
const origin = 'http://127.0.0.1:8080';

describe('the models of a server, as a list', () => {
  const models = [
    { name: 'nomic-embed-text:latest', fill: 'completions' },
    { name: '$(alert) [a](command:b)', contextLength: 4_096 },
    { name: 'qwen2.5-coder', fill: 'completions', contextLength: 32_768 },
  ] as const;
  const entries = (purpose: 'completion' | 'summaries' | 'search') =>
    serverEntries({ address, description: { kind: 'vLLM', models } }, purpose, t);

  it('has those first that are made for the purpose', () => {
    assert.deepEqual(
      entries('completion').map(({ candidate }) => candidate.model.name),
      ['qwen2.5-coder', 'nomic-embed-text:latest', '$(alert) [a](command:b)'],
    );
    assert.equal(entries('search')[0]!.candidate.model.name, 'nomic-embed-text:latest');
    assert.equal(entries('summaries').at(-1)!.candidate.model.name, 'nomic-embed-text:latest');
    assert.equal(entries('completion')[0]!.description, 'vLLM · context 32768 · fills in the middle');
  });

  it('shows no icon that a server writes', () => {
    for (const { label } of entries('completion')) assert.ok(!/(?<!\\)\$\(/.test(label), label);
  });
});

describe('the report of the trial of a server', () => {
  const local: TrialFigures = {
    role: 'decoder', loadMs: 812, residentBytes: 5.2e8, writtenPerSecond: 230, answerMs: 33.4,
    exact: { right: 11, of: 40 }, fillsInTheMiddle: true,
  }; // prettier-ignore
  const state: ServerTrialState = {
    candidate: { purpose: 'completion', address, kind: 'vLLM', model: { name: 'qwen' } },
    before: null,
    localLabel: 'the model of this machine',
    switched: false,
  };
  const trial = {
    setting: { address, model: 'qwen', endpoint: 'completions', spelling: 'qwen' },
    figures: { firstMs: 8.25, answerMs: 120.4, exact: { right: 20, of: 40 }, fillsInTheMiddle: true, givesProbabilities: false },
  } as const; // prettier-ignore
  const actions = (change: Partial<ServerTrialState>) => serverReport({ ...state, ...change }, t).actions.map(({ id }) => id); // prettier-ignore

  it('stands beside the model of this machine', () => {
    const { sections, summary } = serverReport({ ...state, trial, local }, t);
    assert.match(summary, /none of yours was sent. In use for Completion: the model of this machine\.$/);
    assert.deepEqual(sections[0]!.rows.map(({ values }) => values[0]), [origin, 'vLLM', 'qwen', 'completions', 'qwen']); // prettier-ignore
    assert.deepEqual(sections[1]!.columns, ['the model of this machine', origin]);
    const rows = new Map(sections[1]!.rows.map(({ name, values }) => [name, values]));
    assert.deepEqual(rows.get('First text after'), ['–', '8.3 ms']);
    assert.deepEqual(rows.get('Lines written exactly'), ['11 of 40', '20 of 40']);
    assert.deepEqual(rows.get('Says how sure it is of each token'), ['–', 'no']);
  });

  it('offers what can be done: to use what was tried, to go back, to end what is running', () => {
    assert.deepEqual(actions({}), ['again', 'choose']);
    assert.deepEqual(actions({ working: 'Trying…' }), ['cancel']);
    assert.deepEqual(actions({ trial }), ['use', 'again', 'choose']);
    assert.deepEqual(actions({ trial, switched: true }), ['back', 'again', 'choose']);
    assert.deepEqual(actions({ problem: 'No server listens.' }), ['again', 'choose']);
  });

  it('names what was used before, and what is used now', () => {
    const before = { address: 'https://models.example.org/v1' };
    const { summary, actions: offered } = serverReport({ ...state, trial, before, switched: true }, t);
    assert.match(summary, /In use for Completion: qwen, http:\/\/127\.0\.0\.1:8080\.$/);
    assert.equal(offered[0]!.label, 'Back to https://models.example.org');
  });

  it('has figures of its own for summaries and search', () => {
    const figures = { firstMs: 20, answerMs: 900, writtenPerSecond: 44.4, readPerSecond: 80, dimension: 576 };
    const rowsOf = (purpose: 'summaries' | 'search') =>
      serverReport({ ...state, candidate: { ...state.candidate, purpose }, trial: { setting: { address }, figures } }, t)
        .sections[1]!.rows.map(({ name, values }) => [name, ...values]); // prettier-ignore
    assert.deepEqual(rowsOf('summaries'), [
      ['First text after', '20 ms'],
      ['A sentence takes', '900 ms'],
      ['Tokens written in a second', '44'],
    ]);
    assert.deepEqual(rowsOf('search'), [
      ['Texts read in a second', '80'],
      ['A question takes', '900 ms'],
      ['Numbers of a vector', '576'],
    ]);
  });
});
