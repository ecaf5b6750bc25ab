import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { settings as names } from '../../../src/host/ids';
import { defaults, isLanguageEnabled, readSettings } from '../../../src/host/settings';

const read = (written: Record<string, unknown>) => readSettings((name) => written[name]);

describe('settings', () => {
  it('have the defaults that the manifest shows', () => {
    const properties: Record<string, { default: unknown }> = manifest.contributes.configuration.properties;
    const shown = Object.entries(names).map(([key, name]) => [key, properties[name]?.default]);
    assert.deepEqual(defaults, Object.fromEntries(shown));
  });

  it('are what the user wrote', () => {
    assert.deepEqual(
      read({
        [names.completionEnabled]: false,
        [names.completionLanguages]: { '*': false },
        [names.completionWhere]: { comments: false, multipleCursors: true },
        [names.completionLength]: 'block',
        [names.completionCopying]: false,
        [names.completionAskAhead]: 'never',
        [names.completionContext]: 'definitions',
        [names.completionMinimumConfidence]: 0.5,
        [names.completionLearning]: false,
        [names.nextEdit]: 'on',
        [names.modelDecoder]: ' /models/mine ',
        [names.modelEncoder]: ' ~/models/encoder ',
        [names.searchOnBattery]: true,
        [names.serverCompletion]: {
          address: ' http://localhost:8080 ',
          model: 'coder',
          endpoint: 'infill',
          spelling: 'qwen',
        },
        [names.serverSummaries]: { address: 'https://models.example.org' },
        [names.serverSearch]: null,
        [names.engineThreads]: 4,
        [names.engineDevice]: ' cpu ',
        [names.engineUnloadAfterMinutes]: 3,
      }),
      {
        completionEnabled: false,
        completionLanguages: { '*': false },
        completionWhere: { comments: false, strings: true, multipleCursors: true, diffEditors: true },
        completionLength: 'block',
        completionCopying: false,
        completionAskAhead: 'never',
        completionContext: 'definitions',
        completionMinimumConfidence: 0.5,
        completionLearning: false,
        nextEdit: 'on',
        modelDecoder: '/models/mine',
        modelEncoder: '~/models/encoder',
        searchOnBattery: true,
        serverCompletion: { address: 'http://localhost:8080', model: 'coder', endpoint: 'infill', spelling: 'qwen' },
        serverSummaries: { address: 'https://models.example.org' },
        serverSearch: null,
        engineThreads: 4,
        engineDevice: 'cpu',
        engineUnloadAfterMinutes: 3,
      },
    );
  });

  it('name no server where the value is not whole', () => {
    const values = [
      'http://localhost',
      {},
      { address: '' },
      { address: 1 },
      { address: 'a', key: 'b' },
      { address: 'a', endpoint: 'x' },
    ];
    for (const value of values) assert.equal(read({ [names.serverCompletion]: value }).serverCompletion, null);
  });

  it('know words for how sure a suggestion has to be', () => {
    const of = (word: unknown) => read({ [names.completionMinimumConfidence]: word }).completionMinimumConfidence;
    assert.deepEqual(['eager', 'balanced', 'quiet', 'loud'].map(of), [
      0.1,
      defaults.completionMinimumConfidence,
      0.3,
      0.18,
    ]);
  });

  it('fall back, one by one, to the default where what was written makes no sense', () => {
    assert.deepEqual(read({}), defaults);
    assert.deepEqual(
      read({
        [names.completionEnabled]: 'yes',
        [names.completionLanguages]: { python: 1 },
        [names.completionWhere]: { strings: 'no' },
        [names.completionLength]: 'page',
        [names.completionCopying]: 1,
        [names.completionAskAhead]: true,
        [names.completionContext]: ['definitions'],
        [names.completionMinimumConfidence]: 7,
        [names.completionLearning]: 'on',
        [names.modelDecoder]: null,
        [names.modelEncoder]: 5,
        [names.searchOnBattery]: 'never',
        [names.engineThreads]: 2,
        [names.engineDevice]: 1,
        [names.engineUnloadAfterMinutes]: -1,
      }),
      { ...defaults, engineThreads: 2 },
    );
  });
});

describe('a language', () => {
  it('is on or off as listed, else as `*` is', () => {
    assert.equal(isLanguageEnabled(defaults.completionLanguages, 'markdown'), false);
    assert.equal(isLanguageEnabled(defaults.completionLanguages, 'rust'), true);
    assert.equal(isLanguageEnabled({ '*': false }, 'rust'), false);
    assert.equal(isLanguageEnabled({}, 'rust'), true);
  });

  it('is no property that every object has', () =>
    assert.equal(isLanguageEnabled({ '*': false }, 'constructor'), false));
});
