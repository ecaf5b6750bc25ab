import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddingKind } from '../../src/ipc/indexer/embedder';
import { WordEmbedder } from '../support/embedders';
import { makeFolder, writeFiles } from '../support/folder';
import { IndexHosts } from '../support/indexHost';
import type { IndexHost } from '../support/indexHost';

/** Waits before each call until it is let go on. */
class Encoder extends WordEmbedder {
  /** Called before each call. */
  before: () => Promise<unknown> | undefined = () => undefined;
  calls = 0;

  override async embed(texts: readonly string[], kind: EmbeddingKind, signal?: AbortSignal): Promise<Float32Array> {
    await this.before();
    this.calls++;
    return super.embed(texts, kind, signal);
  }
}

const synonyms = [
  ['pelican', 'waterfowl'],
  ['retry', 'again'],
];
const functionOf = (name: string): string =>
  `export function ${name}(value: number): number {\n  return value + 1;\n}\n`;
/** One chunk each. */
const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`src/part${index}.ts`, functionOf(`part${index}`)]));

describe('the encoder of the index process', function () {
  const hosts = new IndexHosts();
  afterEach(() => hosts.close());
  const newEncoder = (id = 'encoder'): Encoder => new Encoder(id, 192, synonyms);
  const refined = (host: IndexHost): Promise<void> =>
    host.until(() => host.lines.some((line) => line.includes('embedded by the encoder')));

  it('embeds in the background what can be found already, tells how far it is, and answers by its vectors then', async () => {
    const encoder = newEncoder();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    encoder.before = () => held;
    const host = hosts.open(makeFolder({ ...many(100), 'birds.ts': functionOf('feedThePelican') }), { encoder });
    host.client.start();
    await host.until(() => host.progress?.phase === 'refining' || host.reports.some(({ chunks }) => chunks === 101));
    // The encoder has not answered once, and its vector of the question is not waited for.
    assert.equal((await host.paths('part7'))[0], 'src/part7.ts');
    assert.equal(host.better, 0);
    release();
    await refined(host);
    await host.until(() => host.progress?.phase === 'idle' && host.better > 0);
    const told = host.reports
      .filter(({ phase }) => phase === 'refining')
      .flatMap(({ refined: progress }) => progress ?? []);
    assert.ok(told.length > 0 && told.every(({ total, done }) => total === 101 && done <= 101), JSON.stringify(told));
    assert.equal(encoder.asked.length, 101);
    const [first] = await host.found('waterfowl');
    assert.equal(first?.path, 'birds.ts');
    assert.ok(first.why.dense! > 0.2);
  });

  it('embeds questions alone while it rests, tells how much is left, and goes on where it was', async () => {
    const encoder = newEncoder();
    const facts = { id: encoder.id, dimension: encoder.dimension };
    const host = hosts.open(makeFolder({ ...many(100), 'birds.ts': functionOf('feedThePelican') }), { encoder });
    let rests: () => void = () => undefined;
    const resting = new Promise<void>((resolve) => (rests = resolve));
    encoder.before = () => {
      if (encoder.calls === 1) void host.client.request('encoder', { encoder: facts, rests: true }).then(rests);
      return encoder.calls === 1 ? resting : undefined;
    };
    host.client.start();
    await host.until(() => host.progress?.phase === 'idle' && host.progress.held !== undefined);
    // The call that was under way came to its end.
    assert.equal(host.progress?.held, 101 - 64);
    assert.equal(encoder.asked.length, 64);
    await host.client.request('encoder', { encoder: facts, rests: false });
    await host.until(() => host.progress?.phase === 'idle' && host.progress.held === undefined);
    assert.equal(encoder.asked.length, 101);
  });

  it('embeds nothing again at the next start, and after a branch was switched back and forth', async () => {
    const encoder = newEncoder();
    const [folder, storage] = [makeFolder(many(20)), makeFolder()];
    const first = hosts.open(folder, { storage, encoder });
    await first.idle();
    assert.equal(encoder.asked.length, 20);
    for (const [text, embedded] of [
      [functionOf('branch'), 21],
      [functionOf('part3'), 21],
      [functionOf('branch'), 21],
    ] as const) {
      writeFiles(folder, { 'src/part3.ts': text });
      await first.changed('src/part3.ts');
      assert.equal(encoder.asked.length, embedded);
    }
    first.client.dispose();
    const second = hosts.open(folder, { storage, encoder });
    await second.idle();
    assert.equal(encoder.asked.length, 21);
    assert.equal((await second.paths('branch'))[0], 'src/part3.ts');
  });

  it('begins with the files that somebody uses, and files that change come before all', async () => {
    const encoder = newEncoder();
    const host = hosts.open(makeFolder(many(200)), { encoder });
    const release: (() => void)[] = [];
    encoder.before = () => new Promise<void>((resolve) => release.push(resolve));
    host.client.start();
    await host.until(() => release.length === 1);
    await host.client.request('used', { root: host.folder, path: 'src/part150.ts' });
    writeFiles(host.folder, { 'src/new.ts': functionOf('newHere') });
    await host.client.request('changed', { root: host.folder, paths: ['src/new.ts'] });
    release[0]!();
    await host.until(() => release.length === 2);
    // While the encoder is at its second call, what has changed since the first can be found.
    assert.ok((await host.found('newHere symbol:newHere')).length === 1);
    encoder.before = () => undefined;
    release.forEach((go) => go());
    await host.until(() => host.progress?.phase === 'idle');
    assert.equal(encoder.asked[32], functionOf('part150'));
    assert.equal(new Set(encoder.asked).size, 201);
    assert.equal(encoder.asked.length, 201);
  });

  it('goes on where it was when the process is killed', async () => {
    const encoder = newEncoder();
    const host = hosts.open(makeFolder(many(300)), { encoder });
    // Slow enough for something to be committed on the way.
    encoder.before = () => sleep(300);
    host.client.start();
    await host.until(() => (host.progress?.refined?.done ?? 0) > 0);
    const before = encoder.asked.length;
    process.kill(host.pid, 'SIGKILL');
    encoder.before = () => undefined;
    host.progress = undefined;
    await host.until(() => host.progress?.phase === 'idle');
    assert.ok(before > 0 && before < 300);
    // What the encoder was at when the process ended is all that it does twice.
    assert.ok(encoder.asked.length <= 300 + 32, `${encoder.asked.length}`);
    assert.deepEqual((await host.client.request('verify', {})).problems, []);
  });

  it('is done without when it fails, said to be, and asked again later', async () => {
    const encoder = newEncoder();
    encoder.before = () => Promise.reject(new Error('the engine is stopped.'));
    const host = hosts.open(makeFolder(many(100)), { encoder });
    await host.idle();
    assert.match(host.progress?.trouble ?? '', /meanings are compared without it: the engine is stopped/);
    assert.equal((await host.paths('part7'))[0], 'src/part7.ts');
    encoder.before = () => undefined;
    writeFiles(host.folder, { 'src/part7.ts': functionOf('changed') });
    await host.changed('src/part7.ts');
    assert.equal(host.progress?.trouble, undefined);
    assert.equal(encoder.asked.length, 100);
  });

  it('is another one from the moment that it is told so, and its vectors are of that one alone', async () => {
    const host = hosts.open(makeFolder(many(70)), { encoder: newEncoder('one') });
    await host.idle();
    const other = newEncoder('two');
    host.encoder = other;
    host.lines.length = 0;
    await host.client.request('encoder', { encoder: { id: other.id, dimension: other.dimension }, rests: false });
    await refined(host);
    assert.equal(other.asked.length, 70);
    host.progress = undefined;
    await host.client.request('encoder', { rests: false });
    await host.until(() => host.progress?.phase === 'idle');
    const calls = other.calls;
    assert.equal((await host.paths('part7'))[0], 'src/part7.ts');
    assert.equal(other.calls, calls);
  });
});
