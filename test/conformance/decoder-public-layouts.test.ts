import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompletionModel } from '../../src/engine/completion/completionModel';
import { Decoder } from '../../src/engine/decoder/decoder';
import { openDecoderSession } from '../../src/engine/decoder/open';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../src/modelFolder/layouts/types';
import { openSession } from '../../src/engine/runtime/session';
import type { Session } from '../../src/engine/runtime/session';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { root } from '../support/paths';
import { createRandom } from '../support/random';

const fixtures = join(root, 'test/fixtures/optimum-tiny');
const noPause = () => Promise.resolve(undefined);

/** Greedy continuations as transformers computes them; see make.py beside them. */
interface Case {
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  /** Per token: by how much its logit is ahead of the second. */
  readonly margins: readonly number[];
}

/**
 * Largest difference of a log-probability to transformers (`tolerance`: rounding of 32 and of 16 bit numbers), and of
 * the same token with and without cached rows (`repeatable`).
 */
const models = [
  { name: 'llama', tolerance: 1e-3, repeatable: 0 },
  { name: 'gpt2', tolerance: 1e-3, repeatable: 0 },
  { name: 'llama-fp16', tolerance: 0.06, repeatable: 1e-3 },
];

const ways = [
  { way: 'as it is', open: (folder: DecoderFolder) => openSession(folder.graph, { threads: 1 }), prepared: false },
  {
    way: 'prepared',
    open: (folder: DecoderFolder) => openDecoderSession(folder, { threads: 1 }).then(({ session }) => session),
    prepared: true,
  },
];

for (const { name, tolerance, repeatable, way, open, prepared } of models.flatMap((model) =>
  ways.map((other) => ({ ...model, ...other })),
)) {
  describe(`${name} in the transformers.js layout, ${way}`, () => {
    let folder: DecoderFolder;
    let session: Session;
    const cases = JSON.parse(readFileSync(join(fixtures, name, 'expected.json'), 'utf8')) as Case[];

    before(async () => {
      folder = await openDecoderFolder(join(fixtures, name));
      session = await open(folder);
      assert.equal(session.inputs.has('past_length'), prepared);
    });
    after(() => session.dispose());

    const request = (prompt: readonly number[], maxTokens: number) => ({
      prompt,
      maxTokens,
      stopIds: new Set<number>(),
      forbiddenIds: [],
    });

    it('writes what transformers writes', async () => {
      const decoder = new Decoder(session, folder);
      let compared = 0;
      let largest = 0;
      for (const { prompt, tokens, logprobs, margins } of cases) {
        for (const [at, expected] of tokens.entries()) {
          // Each token behind what transformers wrote, so that one that rounding decides does not hide the others.
          if (margins[at]! <= 2 * tolerance) continue;
          const { tokens: written } = await decoder.generate(request([...prompt, ...tokens.slice(0, at)], 1), noPause);
          assert.equal(written[0]!.id, expected);
          largest = Math.max(largest, Math.abs(written[0]!.logprob - logprobs[at]!));
          compared++;
        }
      }
      console.log(`      ${compared} tokens, largest difference of a log-probability ${largest.toExponential(1)}`);
      assert.ok(largest <= tolerance);
      assert.ok(compared > 100, 'most tokens are clear-cut');
    });

    it('writes the same whatever is in its cache', async () => {
      const random = createRandom(7);
      const below = (limit: number) => Math.floor(random() * limit);
      const used = new Decoder(session, folder, undefined, { remembers: false });
      let ids = [...cases.at(-1)!.prompt];
      for (let edit = 0; edit < 100; edit++) {
        ids.splice(below(ids.length), below(3), ...Array.from({ length: below(3) }, () => below(256)));
        if (ids.length < 20 || ids.length > 80) ids = [...cases.at(-1)!.prompt];
        const cached = await used.generate(request(ids, 4), noPause);
        const fresh = await new Decoder(session, folder).generate(request(ids, 4), noPause);
        assert.deepEqual(
          cached.tokens.map(({ id }) => id),
          fresh.tokens.map(({ id }) => id),
          `edit ${edit}`,
        );
        // Half precision is calculated in float32 between roundings, which do not fall alike in runs of every length.
        for (const [at, { logprob }] of cached.tokens.entries()) {
          assert.ok(Math.abs(logprob - fresh.tokens[at]!.logprob) <= repeatable, `edit ${edit}, token ${at}`);
        }
      }
    });

    it('completes text from its folder alone', async () => {
      const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
      const decoder = await Decoder.open(folder, { threads: 1 });
      const model = new CompletionModel(folder, tokenizer, decoder);
      const params = {
        model: folder.path,
        path: 'a.ts',
        context: [],
        prefix: 'const a = ',
        suffix: '',
        mode: 'line',
        maxTokens: 8,
      } as const;
      const result = await model.complete({ ...params, context: [] }, noPause, () => {});
      await decoder.dispose();
      assert.ok('const a = '.startsWith(tokenizer.decode(result.promptIds)), 'all but the last token');
      assert.ok(['stop', 'length', 'endOfMiddle'].includes(result.finish));
    });
  });
}
