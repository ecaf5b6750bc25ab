import assert from 'node:assert/strict';
import { menu } from '../../../../src/features/status/menu';
import type { MenuInput } from '../../../../src/features/status/menu';
import { t } from '../../../support/translate';

const input: MenuInput = {
  completionEnabled: true,
  languageId: 'python',
  languageEnabled: true,
  unconfirmed: [],
  snoozed: false,
  nextEdits: 0,
  learned: undefined,
  indexing: 'idle',
};
const labels = (change: Partial<MenuInput>): string[][] =>
  menu({ ...input, ...change }, t).map((group) => group.map(({ label }) => label));

const snoozes = [
  '$(bell-slash) Snooze for 5 minutes',
  '$(bell-slash) Snooze for 15 minutes',
  '$(bell-slash) Snooze for 60 minutes',
];
const suggestions = ['$(graph) Your suggestions'];
const search = ['$(search) Search by meaning'];
const tools = [
  '$(debug-restart) Restart the engine',
  '$(package) Choose a model',
  '$(server) Use a server',
  '$(pulse) Diagnose',
  '$(output) Show the log',
  '$(gear) Open the settings',
];

describe('the menu', () => {
  it('switches, snoozes and offers tools', () => {
    assert.deepEqual(labels({}), [
      ['$(eye-closed) Switch completions off', '$(eye-closed) Switch completions off for python'],
      snoozes,
      suggestions,
      search,
      tools,
    ]);
  });

  it('begins with what can be done with an edit that is proposed', () => {
    const [first = []] = labels({ nextEdits: 3 });
    assert.equal(first.length, 5);
    assert.equal(first[1], '$(checklist) Apply it to several places: 3');
  });

  it('asks about servers that settings name, after the user has chosen to be asked', () => {
    assert.deepEqual(labels({ unconfirmed: ['http://127.0.0.1:8080'] })[0], [
      '$(server) Confirm the server of your settings: http://127.0.0.1:8080',
    ]);
  });

  it('resumes while snoozed', () => assert.deepEqual(labels({ snoozed: true })[1], ['$(bell) Resume now', ...snoozes]));

  it('offers only the way back when switched off', () => {
    assert.deepEqual(labels({ completionEnabled: false }), [
      ['$(eye) Switch completions on'],
      suggestions,
      search,
      tools,
    ]);
  });

  it('switches on a language that is off', () => {
    assert.deepEqual(labels({ languageEnabled: false })[0]![1], '$(eye) Switch completions on for python');
  });

  it('pauses and resumes what is being indexed', () => {
    assert.deepEqual(labels({ indexing: 'indexing' })[3], [...search, '$(debug-pause) Pause indexing']);
    assert.deepEqual(labels({ indexing: 'paused' })[3], [...search, '$(debug-continue) Resume indexing']);
  });

  it('restarts the index where it has stopped', () =>
    assert.deepEqual(labels({ indexing: 'stopped' })[3], [...search, '$(debug-restart) Restart the index']));

  it('says what was learned in a language, and forgets it', () => {
    const [page, forget] = menu({ ...input, learned: { wanted: 0.18, learned: 0.234, judged: 340 } }, t)[2]!;
    assert.equal(page!.detail, 'In python, shown from 23 % on instead of 18 %, learned from 340 suggestions');
    assert.equal(forget!.label, '$(discard) Forget what was learned');
  });

  it('names no language where there is none', () => assert.equal(labels({ languageId: undefined })[0]!.length, 1));
});
