import assert from 'node:assert/strict';
import { Activity } from '../../../../src/host/activity';
import type { ActivityState } from '../../../../src/host/activity';
import { present } from '../../../../src/features/status/presentation';
import type { StatusInput } from '../../../../src/features/status/presentation';
import { t } from '../../../support/translate';

const timings = { tokenizeMs: 1, reusedTokens: 400, prefillTokens: 3, prefillMs: 9, decodeTokens: 8, decodeMs: 20 };

function input(change: Partial<StatusInput> = {}, activity: Partial<ActivityState> = {}): StatusInput {
  return {
    activity: { ...new Activity().state, ...activity },
    completionEnabled: true,
    languageId: 'typescript',
    languageEnabled: true,
    snoozedUntil: undefined,
    explanation: undefined,
    goneModels: [],
    smallDecoder: undefined,
    ...change,
  };
}

describe('the status item', () => {
  const ready = { kind: 'ready', pid: 1, loading: false } as const;
  const cases: [name: string, input: StatusInput, text: string, summary: string][] = [
    ['before first use', input(), '$(eye) Glassbox', 'Ready; the model is loaded when you type'],
    ['once the model is known', input({}, { engine: ready, model: { name: 'm' } }), '$(eye) Glassbox', 'Ready'],
    [
      'while the engine starts',
      input({}, { engine: { kind: 'starting' }, running: 1 }),
      '$(loading~spin) Glassbox',
      'The engine is starting',
    ],
    [
      'while the model is loaded',
      input({}, { engine: { ...ready, loading: true }, running: 1 }),
      '$(loading~spin) Glassbox',
      'The model is being loaded',
    ],
    [
      'where an edit is proposed',
      input({}, { engine: ready, running: 1, nextEdit: { sentence: 'Next edit: $(x) line 3', places: 1 } }),
      '$(edit) Glassbox: Next edit: $ (x) line 3',
      'Next edit: $(x) line 3',
    ],
    ['while it works', input({}, { engine: ready, running: 1 }), '$(loading~spin) Glassbox', 'Writing a suggestion'],
    [
      'while it summarizes',
      input({}, { engine: ready, summaries: 1, running: 1 }),
      '$(loading~spin) Glassbox',
      'Writing a summary',
    ],
    [
      'while it summarizes with completions switched off',
      input({ completionEnabled: false }, { engine: ready, summaries: 1 }),
      '$(loading~spin) Glassbox',
      'Writing a summary',
    ],
    [
      'while the model is loaded for a summary',
      input({ completionEnabled: false }, { engine: { ...ready, loading: true }, summaries: 1 }),
      '$(loading~spin) Glassbox',
      'The model is being loaded',
    ],
    ['switched off', input({ completionEnabled: false }), '$(eye-closed) Glassbox', 'Completions are switched off'],
    [
      'off for the language',
      input({ languageEnabled: false }),
      '$(eye-closed) Glassbox',
      'Completions are switched off for the language typescript',
    ],
    [
      'without an editor',
      input({ languageId: undefined }),
      '$(eye) Glassbox',
      'Ready; the model is loaded when you type',
    ],
    ['snoozed', input({ snoozedUntil: '14:05' }), '$(bell-slash) Glassbox', 'Completions are snoozed until 14:05'],
    [
      'failed',
      input({}, { failure: 'The model is cut short.' }),
      '$(warning) Glassbox',
      'Completions do not work: The model is cut short.',
    ],
    [
      'given up',
      input({}, { engine: { kind: 'failed', reason: 'It died three times.' } }),
      '$(warning) Glassbox',
      'Completions do not work: It died three times.',
    ],
    [
      'failed, but switched off',
      input({ completionEnabled: false }, { failure: 'No.' }),
      '$(eye-closed) Glassbox',
      'Completions are switched off',
    ],
    [
      'trying again after a failure',
      input({}, { failure: 'No.', running: 1 }),
      '$(warning) Glassbox',
      'Completions do not work: No.',
    ],
  ];
  for (const [name, given, text, summary] of cases) {
    it(name, () => {
      const shown = present(given, t);
      assert.deepEqual([shown.text, shown.summary], [text, summary]);
    });
  }

  it('says how far the search index is', () => {
    const index = {
      process: { kind: 'ready', pid: 1 },
      phase: 'indexing',
      share: 0.349,
      sentence: 'Indexing: 349 of 1000 files',
    } as const;
    const shown = present(input({}, { index }), t);
    assert.deepEqual([shown.text, shown.details], ['$(eye) Glassbox $(database) 34%', ['Indexing: 349 of 1000 files']]);
    assert.equal(
      present(input({}, { index: { ...index, phase: 'idle', share: undefined, sentence: '' } }), t).text,
      '$(eye) Glassbox',
    );
  });

  it('says what it knows in the tooltip', () => {
    const model = { name: 'glassbox-decoder-v0', residentBytes: 123_456_789 };
    const known = input(
      { explanation: 'The model had nothing to add here' },
      { model, lastRun: { timings, totalMs: 41.7 } },
    );
    assert.deepEqual(present(known, t).details, [
      'No suggestion: The model had nothing to add here',
      'Model: glassbox-decoder-v0, engine memory 123 MB',
      'Last suggestion: 42 ms; 3 tokens read, 400 remembered, 8 written',
    ]);
    const failed = { ...model, accelerators: ['Card (webgpu)'], acceleratorFailure: 'It smoked.' };
    assert.deepEqual(present(input({}, { model: failed }), t).details.slice(1), [
      'Runs on Card (webgpu)',
      'It smoked.',
    ]);
    assert.deepEqual(present(input({ smallDecoder: { reason: 'No disk.' } }, { model: failed }), t).details.slice(3), [
      'This is the small decoder, because the larger one could not be built: No disk.',
    ]);
    assert.deepEqual(present(input({ smallDecoder: { reason: undefined } }, { model: { name: 'm' } }), t).details, [
      'Model: m',
      'This is the small decoder, because the larger one is not part of this build',
    ]);
    assert.deepEqual(present(input(), t).details, []);
    assert.deepEqual(present(input({}, { model: { name: 'm' } }), t).details, ['Model: m']);
  });

  it('names a model that was chosen and has gone', () => {
    const { details } = present(input({ goneModels: ['qwen:0.5b'] }), t);
    assert.deepEqual(details, [
      'qwen:0.5b, which you chose, is no longer on this disk: the model that comes with Glassbox is used',
    ]);
  });
});

describe('activity', () => {
  it('tells its listeners of each change, and of explanations only when they change', () => {
    const activity = new Activity();
    let told = 0;
    const subscription = activity.onDidChange(() => told++);
    activity.update({ running: 1 });
    activity.explain('a', 'because');
    activity.explain('a', 'because');
    activity.explain('b', undefined);
    assert.equal(told, 2);
    assert.equal(activity.explanation('a'), 'because');
    activity.explain('a', undefined);
    assert.equal(activity.explanation('a'), undefined);
    subscription.dispose();
    activity.update({ running: 0 });
    assert.equal(told, 3);
  });
});
