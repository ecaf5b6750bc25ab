import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineClient } from '../../src/ipc/engine/client';
import { engineMessage, protocolVersion } from '../../src/ipc/engine/protocol';
import type { EngineMessage, EngineHostMessage } from '../../src/ipc/engine/protocol';
import type { GenerateParams } from '../../src/ipc/engine/messages/generate';
import { Child } from '../../src/ipc/process/child';
import { ExcerptBuilder } from '../../src/features/summarize/excerpt';
import { carriers, groundsOf } from '../../src/features/summarize/grounding';
import { Summarizer } from '../../src/features/summarize/summarizer';
import type { SentenceEvidence, Summary } from '../../src/features/summarize/summary';
import { embeddedModel, engineModule, startEngine } from '../support/engine';
import { unpack, unpackFamily } from '../support/families';
import { grammars } from '../support/grammars';
import { root } from '../support/paths';

type Heard = Exclude<EngineMessage, { kind: 'ready' }>;

/** An engine process by itself, and what it says in the order in which it says it. */
class BareEngine {
  readonly heard: Heard[] = [];
  readonly #child: Child<Heard, EngineHostMessage>;
  readonly #waiting = new Set<() => void>();
  #ready = false;

  constructor(backend: 'auto' | 'binding') {
    const look = (): void => this.#waiting.forEach((one) => one());
    const child = new Child<Heard, EngineHostMessage>(
      {
        name: 'engine',
        modulePath: engineModule,
        args: ['--threads', '1', '--backend', backend],
        readyTimeoutMs: 60_000,
        protocolVersion,
        schema: engineMessage,
      },
      {
        onReady: () => {
          this.#ready = true;
          look();
        },
        onMessage: (message) => {
          this.heard.push(message);
          look();
        },
        onRefused: (problem) => assert.fail(problem),
        onEnd: () => undefined,
      },
    );
    this.#child = child;
  }

  send(message: EngineHostMessage): void {
    this.#child.send(message);
  }

  until(holds: (heard: readonly Heard[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#ready || !holds(this.heard)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  end(): void {
    this.#child.kill('the test is over');
  }
}

const request = (id: number, params: GenerateParams): EngineHostMessage => ({
  kind: 'request',
  id,
  method: 'generate',
  priority: 'summarize',
  params,
});
const endOf = (heard: readonly Heard[], id: number) =>
  heard.find((one) => (one.kind === 'result' || one.kind === 'error') && one.id === id);

describe('a summary that nobody wants any more', function () {
  for (const backend of ['auto', 'binding'] as const) {
    it(`stops the engine within one token (${backend})`, async () => {
      const engine = new BareEngine(backend);
      const maxTokens = 300;
      let most = 0;
      let cancelled = 0;
      for (const [at, tokensBefore] of [1, 2, 5, 20].entries()) {
        const id = 10 * at + 1;
        engine.send(
          request(id, {
            model: embeddedModel,
            prompt: { kind: 'text', text: `a${at} = [1, ` },
            maxTokens: maxTokens,
            sampling: { temperature: 0.7, topP: 0.95, seed: at },
          }),
        );
        const tokens = (heard: readonly Heard[]) => heard.filter((one) => one.kind === 'event' && one.id === id);
        await engine.until((heard) => tokens(heard).length >= tokensBefore || endOf(heard, id) !== undefined);
        // What asks for the state right behind the cancellation is answered when that has been read.
        engine.send({ kind: 'cancel', id });
        engine.send({ kind: 'request', id: id + 1, method: 'status', priority: 'index', params: {} });
        await engine.until((heard) => endOf(heard, id) !== undefined && endOf(heard, id + 1) !== undefined);
        const answered = engine.heard.indexOf(endOf(engine.heard, id + 1) as Heard);
        const after = tokens(engine.heard.slice(answered)).length;
        assert.ok(after <= 1, `${after} tokens were written after the cancellation was read`);
        const end = endOf(engine.heard, id);
        // A model may come to its end before that.
        if (end?.kind === 'error') assert.equal(end.error.code, 'cancelled');
        if (end?.kind === 'error') cancelled++;
        most = Math.max(most, tokens(engine.heard).length);
      }
      assert.ok(cancelled > 0 && most < maxTokens);
      engine.end();
    });
  }

  it('is not even begun when it is cancelled while its prompt is read', async () => {
    const engine = new BareEngine('auto');
    const code = readFileSync(join(root, 'test/fixtures/code/scheduler.ts'), 'utf8').slice(0, 1_200);
    engine.send(
      request(1, { model: embeddedModel, prompt: { kind: 'documentation', path: 'a.ts', code }, maxTokens: 2 }),
    );
    await engine.until((heard) => endOf(heard, 1) !== undefined);
    engine.send(
      request(2, {
        model: embeddedModel,
        prompt: { kind: 'documentation', path: 'b.ts', code: `// Other.\n${code}` },
        maxTokens: 64,
      }),
    );
    engine.send({ kind: 'cancel', id: 2 });
    await engine.until((heard) => endOf(heard, 2) !== undefined);
    assert.equal(endOf(engine.heard, 2)?.kind, 'error');
    assert.equal(engine.heard.filter((one) => one.kind === 'event' && one.id === 2).length, 0);
    engine.end();
  });
});

describe('the lines that a sentence of a real model stands on', () => {
  let client: EngineClient;
  before(() => ({ client } = startEngine()));
  after(() => client.dispose());

  const file = 'test/fixtures/code/scheduler.ts';
  const text = readFileSync(join(root, file), 'utf8');

  /** A sentence about a method, whatever it says. */
  async function summaryOf(model: string): Promise<Summary> {
    const cursor = text.indexOf('const due =');
    const request = {
      text,
      path: file,
      selection: { start: cursor, end: cursor },
      mode: 'sentence' as const,
      model,
      attempt: 0,
    };
    const summary = await new Summarizer(client, grammars).summarize(request, () => undefined);
    assert.ok(typeof summary !== 'string' && summary.main?.evidence !== undefined);
    return summary;
  }

  it('are those that its provenance names, rolled up to the file', async () => {
    const { main, lines } = await summaryOf(embeddedModel);
    const evidence = main!.evidence!;
    const grounds = await groundsOf(client, evidence);
    assert.ok(grounds.length > 0);
    for (const one of grounds) {
      assert.ok(Math.abs(one.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6);
      for (const { first, last } of one) assert.ok(first >= lines.first && last <= lines.last);
      assert.ok(carriers(one).length > 0);
    }

    // The other way to the same weights: the engine's own sums over lines of the prompt, tokens of blanks included.
    const generatedIds = Int32Array.from(evidence.tokens, ({ id }) => id);
    const captured = await client.request(
      'capture',
      { model: embeddedModel, subject: { kind: 'prompt', promptIds: evidence.promptIds, generatedIds } },
      { priority: 'inspect' },
    );
    const tokens = { from: evidence.promptIds.length, to: evidence.promptIds.length + evidence.tokens.length };
    const provenance = await client.request(
      'provenance',
      { capture: captured.capture, stack: 0, heads: 'value-weighted', tokens, withoutSink: true },
      { priority: 'inspect' },
    );
    const { text: read } = captured.sequences[0]!;
    const source = text.split('\n');
    const heaviest = provenance.total
      .map(({ line }) => provenance.lines[line]!)
      .map(({ start, end }) => read.slice(start, end).trim())
      .filter(
        (line) => /\w/.test(line) && source.slice(lines.first, lines.last + 1).some((own) => own.trim() === line),
      );
    const [ours] = grounds.flat().sort((a, b) => b.share - a.share);
    assert.ok(
      heaviest.slice(0, 3).includes(source[ours!.first]!.trim()),
      `${source[ours!.first]!.trim()} is among ${heaviest.slice(0, 3).join(' | ')}`,
    );
    await client.request('release', { capture: captured.capture }, { priority: 'inspect' });
  });

  it('are the same when asked again, and nothing is kept in the engine', async () => {
    const evidence = (await summaryOf(embeddedModel)).main!.evidence!;
    assert.deepEqual(await groundsOf(client, evidence), await groundsOf(client, evidence));
  });

  it('are found for an encoder-decoder too, where its folder has what that takes', async () => {
    const code = text.slice(text.indexOf('#dispatch()'), text.indexOf('async #begin')).trimEnd();
    const excerpt = new ExcerptBuilder();
    excerpt.add(code, (line) => ({ first: 60 + line, last: 60 + line }));
    const evidence: SentenceEvidence = {
      model: '',
      role: 'encoder-decoder',
      text: 'Runs what is due. Others wait.',
      promptIds: new Int32Array(),
      tokens: [],
      excerpt: excerpt.build(),
    };
    const grounds = await groundsOf(client, {
      ...evidence,
      model: await unpack(join(root, 'test/fixtures/attention/t5.tar.gz')),
    });
    assert.equal(grounds.length, 2);
    for (const one of grounds) {
      assert.ok(one.length > 0);
      for (const { first, last } of one) assert.ok(first >= 60 && last < 60 + code.split('\n').length);
    }
    await assert.rejects(groundsOf(client, { ...evidence, model: await unpackFamily('t5') }), {
      code: 'modelMissing',
      message: /decoder_model\.onnx/,
    });
  });

  it('are not waited for any longer than they are wanted', async () => {
    const evidence = (await summaryOf(embeddedModel)).main!.evidence!;
    const controller = new AbortController();
    const asked = groundsOf(client, evidence, controller.signal);
    controller.abort();
    await assert.rejects(asked, { code: 'cancelled' });
    assert.ok((await groundsOf(client, evidence)).length > 0);
  });
});
