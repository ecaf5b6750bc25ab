import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decoder } from '../../src/engine/decoder/decoder';
import type { Generated, GenerateRequest } from '../../src/engine/decoder/decoder';
import { readGraph } from '../../src/engine/decoder/graph';
import { Network } from '../../src/engine/decoder/network';
import { EngineError } from '../../src/ipc/engine/errors';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../src/modelFolder/layouts/types';
import { PromptBuilder } from '../../src/engine/prompt/layout';
import type { Prompt } from '../../src/engine/prompt/layout';
import { openSession } from '../../src/engine/runtime/session';
import type { Session } from '../../src/engine/runtime/session';
import type { Step } from '../../src/common/step';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { root } from '../support/paths';
import { createRandom } from '../support/random';

const noPause = () => Promise.resolve(undefined);

/** What PyTorch makes of the shipped weights: see models/training/export/write_fixtures.py. */
interface Fixture {
  readonly model: string;
  /** Largest difference of a logit between PyTorch and the graph when the fixture was made. */
  readonly largestDifference: number;
  readonly cases: readonly {
    readonly ids: readonly number[];
    readonly top: readonly (readonly [id: number, logit: number])[];
    readonly greedy: readonly number[];
    /** Per greedy token: by how much its logit is ahead of the second. */
    readonly margins: readonly number[];
  }[];
}

describe('the embedded decoder', () => {
  let fixture: Fixture;
  /** The graph rounds activations to 8 bits, and where a value falls differs a little between processors. */
  let tolerance: number;
  let folder: DecoderFolder;
  let tokenizer: Tokenizer;
  let session: Session;
  let source: string;

  before(async () => {
    folder = await openDecoderFolder(join(root, 'models/decoder'));
    tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    session = await openSession(folder.graph, { threads: 1 });
    source = readFileSync(join(root, 'node_modules/express/lib/response.js'), 'utf8');
    fixture = JSON.parse(readFileSync(join(root, 'test/fixtures/model/logits.json'), 'utf8')) as Fixture;
    tolerance = 1.5 * fixture.largestDifference + 0.01;
  });
  after(() => session.dispose());

  const generate = (
    decoder: Decoder,
    prompt: Prompt,
    maxTokens: number,
    step: Step = noPause,
    { sequence, inPairs = true }: Pick<GenerateRequest, 'sequence' | 'inPairs'> = {},
  ): Promise<Generated> => {
    const { ids, stopIds, forbiddenIds } = prompt;
    return decoder.generate({ prompt: ids, maxTokens, stopIds, forbiddenIds, sequence, inPairs }, step);
  };

  /** Edits to two places of a file by turns: mostly typing on, sometimes elsewhere; insert, delete or replace. */
  class Edited {
    #text: string;
    #cursor = 200;

    constructor(
      start: number,
      private readonly random: () => number,
    ) {
      this.#text = source.slice(start, start + 300);
    }

    #below(limit: number): number {
      return Math.floor(this.random() * limit);
    }

    edit(): { prefix: string; suffix: string } {
      const from = this.#below(source.length - 20);
      const piece = source.slice(from, from + 1 + this.#below(12));
      if (this.random() < 0.3) this.#cursor = this.#below(this.#text.length);
      const removed = this.random() < 0.5 ? 0 : 1 + this.#below(8);
      const inserted = this.random() < 0.3 ? '' : piece;
      this.#text = this.#text.slice(0, this.#cursor) + inserted + this.#text.slice(this.#cursor + removed);
      this.#cursor += inserted.length;
      if (this.#text.length < 200) this.#text += source.slice(6000, 6100);
      if (this.#text.length > 450) this.#text = this.#text.slice(0, 350);
      this.#cursor = Math.min(this.#cursor, this.#text.length);
      return { prefix: this.#text.slice(0, this.#cursor), suffix: this.#text.slice(this.#cursor) };
    }
  }

  for (const [how, { inPairs, remembers }] of Object.entries({
    'one by one': { inPairs: false, remembers: true },
    'in pairs': { inPairs: true, remembers: false },
    'in pairs that are remembered': { inPairs: true, remembers: true },
  }))
    it(`writes the same tokens ${how} with and without its caches over 1,000 random edits by two requests at a time`, async () => {
      const random = createRandom(20_261);
      const prompts = new PromptBuilder(folder, tokenizer);
      const used = new Decoder(session, folder, undefined, { remembers });
      const texts = { completion: new Edited(4000, random), summarize: new Edited(9000, random) };
      let reused = 0;
      let run = 0;
      for (let edit = 0; edit < 500; edit++) {
        await Promise.all(
          (['completion', 'summarize'] as const).map(async (sequence) => {
            const prompt = prompts.build({ context: [], path: 'lib/response.js', ...texts[sequence].edit() }, 4);
            const fresh = await generate(new Decoder(session, folder), prompt, 4, noPause, { inPairs });
            const pauses = Math.floor(random() * 3);
            const step = async () => {
              for (let pause = 0; pause < pauses; pause++) await new Promise((resolve) => setImmediate(resolve));
              return undefined;
            };
            const cached = await generate(used, prompt, 4, step, { sequence, inPairs });
            assert.equal(fresh.reusedTokens, 0);
            assert.deepEqual(cached.tokens, fresh.tokens, `${sequence}, edit ${edit}`);
            reused += cached.reusedTokens;
            run += cached.prefillTokens;
          }),
        );
      }
      console.log(`      ${reused} prompt tokens reused, ${run} run`);
      assert.ok(reused > run, 'the caches were of use');
    }).timeout(300_000);

  it('says of tokens that are given together what it says of each behind those before it', async () => {
    const decoder = new Decoder(session, folder);
    const none = { stopIds: new Set<number>(), forbiddenIds: [] };
    for (const { ids } of fixture.cases) {
      const at = ids.length >> 1;
      const given = ids.slice(at);
      const together = await decoder.generate(
        { prompt: ids.slice(0, at), given, maxTokens: given.length, ...none },
        noPause,
      );
      assert.equal(together.tokens.length, given.length);
      for (const [index, { id, logprob }] of together.tokens.entries()) {
        const prompt = ids.slice(0, at + index);
        const alone = await decoder.generate({ prompt, given: [id], maxTokens: 1, ...none }, noPause);
        const difference = Math.abs(logprob - alone.tokens[0]!.logprob);
        assert.ok(difference <= tolerance, `token ${index}: ${difference}`);
      }
    }
  }).timeout(60_000);

  it('writes with guesses what it would write without, in fewer runs', async () => {
    const prompts = new PromptBuilder(folder, tokenizer);
    let runs = 0;
    const counting = new Proxy(session, {
      get: (target, key, receiver) => {
        if (key === 'run') runs++;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    const written = async (speculates: boolean) => {
      runs = 0;
      const decoder = new Decoder(counting, folder, undefined, { speculates });
      const found = [];
      for (let start = 500; start < 15_000; start += 700) {
        const prompt = prompts.build(
          { context: [], path: 'lib/response.js', prefix: source.slice(start, start + 400), suffix: '' },
          48,
        );
        found.push((await generate(decoder, { ...prompt, stopIds: new Set() }, 48)).tokens);
      }
      return { found, runs };
    };
    const [guessing, one] = [await written(true), await written(false)];
    console.log(`      ${guessing.runs} runs instead of ${one.runs}`);
    assert.ok(guessing.runs < 0.9 * one.runs);
    assert.deepEqual(guessing.found, one.found, 'to the bit');
  });

  it('gives the same logits, to the bit, in one run, in chunks and in pairs', async () => {
    const ids = Int32Array.from(tokenizer.encode(source.slice(3000)).slice(0, 300));
    const graph = readGraph(session, folder);
    const run = async (most: number) => {
      const network = new Network(session, graph, folder.contextLength);
      const cache = network.createCache();
      for (let past = 0; ; past += most) {
        const rows = Math.min(most, ids.length - past);
        const logits = await network.run(cache, ids, { past, rows });
        if (past + rows === ids.length) return logits;
      }
    };
    const whole = await run(300);
    for (const rows of [2, 16, 64, 150]) assert.deepEqual(await run(rows), whole, `in runs of ${rows}`);
  });

  it('leaves an exact cache when cancelled in the middle of the prompt', async () => {
    const prompt = new PromptBuilder(folder, tokenizer).build(
      { context: [], path: 'a.js', prefix: source.slice(0, 1500), suffix: '' },
      8,
    );
    const expected = await generate(new Decoder(session, folder), prompt, 8);
    for (const runs of [1, 2, 3]) {
      const decoder = new Decoder(session, folder);
      let left = runs;
      const step = () =>
        --left < 0 ? Promise.reject(new EngineError('cancelled', 'typed on')) : Promise.resolve(undefined);
      await assert.rejects(generate(decoder, prompt, 8, step), EngineError);
      const resumed = await generate(decoder, prompt, 8);
      assert.ok(resumed.reusedTokens > 0);
      assert.deepEqual(resumed.tokens, expected.tokens);
    }
  });

  it('writes the same with two threads', async () => {
    const prompt = new PromptBuilder(folder, tokenizer).build(
      { context: [], path: 'a.js', prefix: source.slice(0, 900), suffix: '' },
      16,
    );
    const two = await Decoder.open(folder, { threads: 2 });
    const [one, other] = [await generate(new Decoder(session, folder), prompt, 16), await generate(two, prompt, 16)];
    await two.dispose();
    assert.deepEqual(other.tokens, one.tokens);
  });

  describe('against PyTorch', () => {
    it('belongs to the model', () => {
      assert.equal(createHash('sha256').update(readFileSync(folder.graph)).digest('hex'), fixture.model);
    });

    it('has the same logits', async () => {
      let largest = 0;
      for (const { ids, top } of fixture.cases) {
        const network = new Network(session, readGraph(session, folder), folder.contextLength);
        const logits = await network.run(network.createCache(), Int32Array.from(ids), { past: 0, rows: ids.length });
        for (const [id, logit] of top) largest = Math.max(largest, Math.abs(logits[id]! - logit));
      }
      console.log(`      largest difference ${largest.toFixed(3)}, ${tolerance.toFixed(3)} allowed`);
      assert.ok(largest <= tolerance);
    });

    it('writes the same text, as far as that is clear-cut', async () => {
      let clear = 0;
      for (const { ids, greedy, margins } of fixture.cases) {
        const end = margins.findIndex((margin) => margin <= 2 * tolerance);
        const length = end < 0 ? greedy.length : end;
        if (length === 0) continue;
        const request = { prompt: ids, maxTokens: length, stopIds: new Set<number>(), forbiddenIds: [] };
        const { tokens } = await new Decoder(session, folder).generate(request, noPause);
        assert.deepEqual(
          tokens.map(({ id }) => id),
          greedy.slice(0, length),
        );
        clear += length;
      }
      assert.ok(clear > 0, 'some of the text is clear-cut');
    });
  });
});
