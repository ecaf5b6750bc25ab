import assert from 'node:assert/strict';
import { Completer } from '../../../../src/features/completion/completer';
import { byEngine } from '../../../../src/features/completion/completes';
import type { SuggestionRequest } from '../../../../src/features/completion/completer';
import type { EngineClient } from '../../../../src/ipc/engine/client';
import type { CompleteParams, CompleteResult } from '../../../../src/ipc/engine/protocol';
import { at } from './place';

const never = new AbortController().signal;
const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 };
const wish = (model: string, explicit = false): SuggestionRequest => ({
  model,
  path: 'a.ts',
  mode: 'line',
  minimumConfidence: 0,
  explicit,
});

/** An engine whose models write their own names, once they are let, cancelled or not. */
class NamingEngine {
  readonly asked: string[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly request = ((_method: 'complete', { model }: CompleteParams) => {
    this.asked.push(model);
    return new Promise<CompleteResult>((resolve) => {
      const text = `${model};`;
      const promptIds = new Int32Array();
      this.#waiting.push(() =>
        resolve({ text, tokens: [], logprob: 0, confidence: 0.5, finish: 'stop', promptIds, timings }),
      );
    });
  }) as EngineClient['request'];

  async answer(): Promise<void> {
    while (this.#waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const go of this.#waiting.splice(0)) go();
  }
}

function setUp(): { engine: NamingEngine; completer: Completer } {
  const engine = new NamingEngine();
  const observer = { started: () => undefined, ended: () => undefined, served: () => undefined, failed: () => undefined }; // prettier-ignore
  return { engine, completer: new Completer(byEngine(engine), observer) };
}

describe('when the model changes', () => {
  const shown = async (completer: Completer, engine: NamingEngine): Promise<string> => {
    const asked = completer.suggest(at('a = |'), wish('new'), never);
    await engine.answer();
    const outcome = await asked;
    return outcome.kind === 'suggestion' ? outcome.suggestion.text : outcome.kind;
  };

  for (const explicit of [false, true])
    it(`what is being written is neither shown nor kept (asked for: ${explicit})`, async () => {
      const { engine, completer } = setUp();
      const old = completer.suggest(at('a = |'), wish('old', explicit), never);
      while (engine.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
      completer.reset();
      await engine.answer();
      assert.equal((await old).kind, 'cancelled');
      assert.equal(await shown(completer, engine), 'new;');
    });

  for (const place of ['|', 'a = |'])
    it(`what is held back does not go on (${place})`, async () => {
      const { engine, completer } = setUp();
      const old = completer.suggest(at(place), wish('old'), never);
      completer.reset();
      assert.equal((await old).kind, 'cancelled');
      assert.deepEqual(engine.asked, []);
    });

  it('what was known is not shown', async () => {
    const { engine, completer } = setUp();
    const first = completer.suggest(at('a = |'), wish('old'), never);
    await engine.answer();
    assert.equal((await first).kind, 'suggestion');
    const second = completer.suggest(at('a = |'), wish('old'), never);
    completer.reset();
    assert.equal((await second).kind, 'cancelled');
    assert.equal(await shown(completer, engine), 'new;');
  });

  it('a cancelled request is not answered, even where the answer was known', async () => {
    const { engine, completer } = setUp();
    const first = completer.suggest(at('a = |'), wish('old'), never);
    await engine.answer();
    await first;
    const controller = new AbortController();
    const second = completer.suggest(at('a = |'), wish('old'), controller.signal);
    controller.abort();
    assert.equal((await second).kind, 'cancelled');
  });
});
