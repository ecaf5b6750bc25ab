import assert from 'node:assert/strict';
import { storesOf } from '../../../../src/features/models/stores';
import type { UserSystem } from '../../../../src/features/models/stores';

const linux: UserSystem = { platform: 'linux', env: {}, home: '/home/ada' };
const placesOf = (system: UserSystem) => storesOf(system).map(({ kind, folder }) => `${kind} ${folder}`);

describe('the stores of other programs', () => {
  it('are where their documentation says, on each system', () => {
    assert.deepEqual(placesOf(linux), [
      'ollama /home/ada/.ollama/models',
      'ollama /usr/share/ollama/.ollama/models',
      'lmStudio /home/ada/.lmstudio/models',
      'lmStudio /home/ada/.cache/lm-studio/models',
      'llamaCpp /home/ada/.cache/llama.cpp',
      'huggingFace /home/ada/.cache/huggingface/hub',
    ]);
    assert.deepEqual(placesOf({ platform: 'darwin', env: {}, home: '/Users/ada' }), [
      'ollama /Users/ada/.ollama/models',
      'lmStudio /Users/ada/.lmstudio/models',
      'lmStudio /Users/ada/.cache/lm-studio/models',
      'llamaCpp /Users/ada/Library/Caches/llama.cpp',
      'huggingFace /Users/ada/.cache/huggingface/hub',
    ]);
    const env = { LOCALAPPDATA: 'D:\\Local' };
    assert.deepEqual(placesOf({ platform: 'win32', env, home: 'C:\\Users\\Ada' }), [
      'ollama C:\\Users\\Ada\\.ollama\\models',
      'lmStudio C:\\Users\\Ada\\.lmstudio\\models',
      'lmStudio C:\\Users\\Ada\\.cache\\lm-studio\\models',
      'llamaCpp D:\\Local\\llama.cpp',
      'huggingFace C:\\Users\\Ada\\.cache\\huggingface\\hub',
    ]);
  });

  const rows: readonly [Record<string, string>, RegExp][] = [
    [{ OLLAMA_MODELS: '/models' }, /^ollama \/models$/],
    [{ OLLAMA_MODELS: '~/models' }, /^ollama \/home\/ada\/models$/],
    [{ LLAMA_CACHE: '/llama' }, /^llamaCpp \/llama$/],
    [{ XDG_CACHE_HOME: '/cache' }, /^llamaCpp \/cache\/llama\.cpp$/],
    [{ XDG_CACHE_HOME: '/cache' }, /^huggingFace \/cache\/huggingface\/hub$/],
    [{ HF_HOME: '/hf', XDG_CACHE_HOME: '/cache' }, /^huggingFace \/hf\/hub$/],
    [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/hf' }, /^huggingFace \/old$/],
    [{ HF_HUB_CACHE: '/hub', HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/hf' }, /^huggingFace \/hub$/],
    [{ OLLAMA_MODELS: ' ', LLAMA_CACHE: 'here' }, /^ollama \/home\/ada\/\.ollama\/models$/],
    [{ OLLAMA_MODELS: ' ', LLAMA_CACHE: 'here' }, /^llamaCpp \/home\/ada\/\.cache\/llama\.cpp$/],
  ];
  for (const [env, expected] of rows)
    it(`are where ${Object.keys(env).join(', ')} says: ${expected.source}`, () => {
      const kind = expected.source.slice(1).split(' ')[0]!;
      const places = placesOf({ ...linux, env }).filter((place) => place.startsWith(kind));
      assert.ok(places.some((place) => expected.test(place)), places.join(', ')); // prettier-ignore
      if (Object.values(env).some((value) => value.startsWith('/'))) assert.equal(places.length, 1);
    });
});
