import assert from 'node:assert/strict';
import type { Params, Result } from '../../../../src/ipc/engine/protocol';
import type { EngineService } from '../../../../src/host/engineService';
import { SearchEncoder } from '../../../../src/features/search/encoder';

/** An engine that has one encoder, whatever folder is asked for. */
class Engine {
  identity: string | undefined = 'first';
  failure: string | undefined;
  readonly asked: string[] = [];

  readonly request = ((method: string, params: Params<'embed'>, { priority }: { priority: string }) => {
    this.asked.push(`${method} ${priority}`);
    if (this.failure !== undefined) return Promise.reject(new Error(this.failure));
    if (method === 'load')
      return Promise.resolve({
        name: 'a model',
        role: this.identity === undefined ? 'decoder' : 'encoder',
        identity: this.identity,
        dimension: 2,
      });
    return Promise.resolve({
      vectors: new Float32Array(params.texts.length * 2),
      dimension: 2,
      tokens: 3,
      truncated: 0,
    } satisfies Result<'embed'>);
  }) as unknown as EngineService['request'];
}

describe('the encoder of search', () => {
  let folder: string | undefined;
  let engine: Engine;
  let told: number;
  const kept = new Map<string, unknown>();
  const encoder = (): SearchEncoder => {
    engine = new Engine();
    told = 0;
    return new SearchEncoder({
      engine,
      folder: () => folder,
      memory: { get: (key) => kept.get(key), update: (key, value) => Promise.resolve(void kept.set(key, value)) },
      log: { warn: () => undefined },
      onDidChange: () => told++,
    });
  };
  beforeEach(() => {
    kept.clear();
    folder = '/models/a';
  });

  it('is none where none was chosen, and no engine is asked', async () => {
    folder = undefined;
    const none = encoder();
    await none.learn();
    assert.deepEqual([none.facts, engine.asked, told], [undefined, [], 0]);
    await assert.rejects(none.embed(['x'], 'query'), /no encoder/);
  });

  it('is known by its content, and not opened again to know it', async () => {
    const first = encoder();
    await first.learn();
    assert.deepEqual([first.facts, told], [{ id: 'first', dimension: 2 }, 1]);
    const next = encoder();
    await next.learn();
    assert.deepEqual([next.facts, engine.asked, told], [{ id: 'first', dimension: 2 }, [], 0]);
    folder = '/models/b';
    assert.equal(next.facts, undefined);
  });

  it('embeds code when nobody waits, and questions before that', async () => {
    const one = encoder();
    await one.learn();
    assert.equal((await one.embed(['a', 'b'], 'document')).length, 4);
    await one.embed(['q'], 'query');
    assert.deepEqual(engine.asked, ['load index', 'load index', 'embed index', 'load inspect', 'embed inspect']);
  });

  it('gives no vectors of a model that has taken the place of another one, and says so', async () => {
    const one = encoder();
    await one.learn();
    engine.identity = 'second';
    await assert.rejects(one.embed(['a'], 'document'), /another one than before/);
    assert.deepEqual([one.facts, told], [{ id: 'second', dimension: 2 }, 2]);
    assert.equal((await one.embed(['a'], 'document')).length, 2);
  });

  it('asks for vectors at once, and says what opening it says where that fails', async () => {
    const one = encoder();
    await one.learn();
    const asking = one.embed(['q'], 'query');
    assert.deepEqual(engine.asked.slice(1), ['load inspect', 'embed inspect']);
    assert.equal((await asking).length, 2);
    engine.failure = 'config.json is missing.';
    await assert.rejects(one.embed(['q'], 'query'), /config\.json is missing/);
    [engine.failure, engine.identity] = [undefined, undefined];
    await assert.rejects(one.embed(['q'], 'query'), /not an encoder/);
  });

  it('says what is wrong with it, and works once that is mended', async () => {
    const one = encoder();
    engine.failure = 'config.json is missing.';
    await one.learn();
    assert.deepEqual([one.problem, one.facts, told], ['config.json is missing.', undefined, 1]);
    [engine.failure, engine.identity] = [undefined, undefined];
    await one.learn();
    assert.match(one.problem ?? '', /not an encoder/);
    engine.identity = 'first';
    await one.learn();
    assert.deepEqual([one.problem, one.facts], [undefined, { id: 'first', dimension: 2 }]);
  });
});
