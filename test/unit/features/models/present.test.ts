import assert from 'node:assert/strict';
import { listGroups, trialReport } from '../../../../src/features/models/present';
import type { Choice, LookedAt, TrialState } from '../../../../src/features/models/present';
import type { TrialFigures } from '../../../../src/host/trialFigures';
import { t } from '../../../support/translate';

const description = {
  path: '/blobs/1', name: 'Qwen', format: 'gguf', role: 'decoder', architecture: 'qwen2', quantization: 'Q4_K',
  parameters: 494_032_768, contextLength: 32_768, fillsInTheMiddle: true, bytes: 397_807_936,
} as const; // prettier-ignore
const found = { path: '/blobs/1', label: 'qwen2.5-coder:0.5b', store: 'ollama' } as const;
const own: Choice = { use: 'decoder', setting: '', path: '/own', label: 'The model that comes with Glassbox' };

describe('the list of models', () => {
  const looked: LookedAt[] = [
    { found, description },
    { found: { path: '/hub/e', label: 'org/e', store: 'huggingFace' }, description: { ...description, role: 'encoder' } },
    { found: { path: '/hub/t5', label: 'org/t5', store: 'huggingFace' }, description: { ...description, role: 'encoder-decoder' } },
    { found: { path: '/lm/x.gguf', label: 'x.gguf', store: 'lmStudio' }, problem: 'The GGUF file /lm/x.gguf is cut off.' },
  ]; // prettier-ignore

  it('says what each is good for, which is in use, and why others are not offered', () => {
    const groups = listGroups(looked, [own], { decoder: '/blobs/1', encoder: '' }, t);
    assert.deepEqual(
      groups.map(({ title, entries }) => [title, ...entries.map(({ label }) => label)]),
      [
        ['Completion and summaries', 'The model that comes with Glassbox', '$(check) qwen2.5-coder:0.5b'],
        ['Search', 'org/e'],
        ['Cannot be used here', 'org/t5', 'x.gguf'],
      ],
    );
    const [, qwen] = groups[0]!.entries;
    assert.equal(qwen!.description, 'Ollama · 398 MB · Q4_K');
    assert.equal(qwen!.detail, 'qwen2, 494 M parameters, context 32768, fills in the middle');
    assert.deepEqual(qwen!.choice, { use: 'decoder', setting: '/blobs/1', path: '/blobs/1', label: found.label });
    assert.deepEqual(
      groups[2]!.entries.map(({ detail, choice }) => [detail, choice]),
      [
        ['It reads a text and writes another, which neither completion nor search can use.', undefined],
        ['The GGUF file x.gguf is cut off.', undefined],
      ],
    );
  });
});

describe('the report of a trial', () => {
  const figures: TrialFigures = {
    role: 'decoder', loadMs: 812, residentBytes: 5.2e8, readPerSecond: 1600.2, writtenPerSecond: 230, answerMs: 33.4,
    exact: { right: 11, of: 40 }, fillsInTheMiddle: true,
  }; // prettier-ignore
  const candidate: Choice = { use: 'decoder', setting: '/blobs/1', path: '/blobs/1', label: 'qwen' };
  const state: TrialState = { candidate, present: own, figures: {}, switched: false };
  const actions = (more: Partial<TrialState>) => trialReport({ ...state, ...more }, t).actions.map(({ id }) => id);

  it('sets the figures beside those of the present model', () => {
    const both = { present: { ...figures, fillsInTheMiddle: false }, candidate: figures };
    const { sections } = trialReport({ ...state, figures: both }, t);
    assert.deepEqual(sections[0]!.columns, [own.label, 'qwen']);
    assert.deepEqual(
      sections[0]!.rows.map(({ name, values }) => [name, values[1]]),
      [
        ['Loads in', '812 ms'],
        ['Memory of its process', '520 MB'],
        ['Tokens read in a second', '1600'],
        ['Tokens written in a second', '230'],
        ['From a key to text, estimated', '33 ms'],
        ['Lines written exactly', '11 of 40'],
        ['Sees what stands behind the cursor', 'yes'],
      ],
    );
    assert.equal(sections[0]!.rows.at(-1)!.values[0], 'no');
  });

  it('offers what can be done', () => {
    assert.deepEqual(actions({ working: 'Loading…' }), ['cancel']);
    assert.deepEqual(actions({ figures: { candidate: figures } }), ['use', 'again', 'choose']);
    assert.deepEqual(actions({ figures: { candidate: figures }, switched: true }), ['back', 'again', 'choose']);
    assert.deepEqual(actions({ problem: 'It is damaged.' }), ['again', 'choose']);
    assert.deepEqual(actions({ candidate: own, figures: { candidate: figures } }), ['again', 'choose']);
  });
}); // prettier-ignore
