import assert from 'node:assert/strict';
import { menu } from '../../../../src/features/status/menu';
import type { MenuInput } from '../../../../src/features/status/menu';
import { t } from '../../../support/translate';

const input: MenuInput = {
  completionEnabled: true,
  languageId: 'python',
  languageEnabled: true,
  snoozed: false,
  indexing: 'idle',
};
const labels = (change: Partial<MenuInput>): string[][] =>
  menu({ ...input, ...change }, t).map((group) => group.map(({ label }) => label));

const snoozes = [
  '$(bell-slash) Snooze for 5 minutes',
  '$(bell-slash) Snooze for 15 minutes',
  '$(bell-slash) Snooze for 60 minutes',
];
const search = ['$(search) Search by meaning'];
const tools = ['$(debug-restart) Restart the engine', '$(output) Show the log', '$(gear) Open the settings'];

describe('the menu', () => {
  it('switches, snoozes and offers tools', () => {
    assert.deepEqual(labels({}), [
      ['$(eye-closed) Switch completions off', '$(eye-closed) Switch completions off for python'],
      snoozes,
      search,
      tools,
    ]);
  });

  it('resumes while snoozed', () => assert.deepEqual(labels({ snoozed: true })[1], ['$(bell) Resume now', ...snoozes]));

  it('offers only the way back when switched off', () => {
    assert.deepEqual(labels({ completionEnabled: false }), [['$(eye) Switch completions on'], search, tools]);
  });

  it('switches on a language that is off', () => {
    assert.deepEqual(labels({ languageEnabled: false })[0]![1], '$(eye) Switch completions on for python');
  });

  it('pauses and resumes what is being indexed', () => {
    assert.deepEqual(labels({ indexing: 'indexing' })[2], [...search, '$(debug-pause) Pause indexing']);
    assert.deepEqual(labels({ indexing: 'paused' })[2], [...search, '$(debug-continue) Resume indexing']);
  });

  it('restarts the index where it has stopped', () =>
    assert.deepEqual(labels({ indexing: 'stopped' })[2], [...search, '$(debug-restart) Restart the index']));

  it('names no language where there is none', () => assert.equal(labels({ languageId: undefined })[0]!.length, 1));
});
