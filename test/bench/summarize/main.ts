/**
 * How long a summary takes to begin: `npm run bench -- summarize [--quick] [--json FILE] [--model DIR]`.
 *
 * For pieces of code of several lengths: milliseconds from the request to the first words, by the summarizer with its
 * parsing, splitting and the engine process, and beside it in turns the plain engine, which is asked to complete at the
 * end of the same code, up to its first token. The ratio is what summarizing adds; caches are cold for both.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EngineClient } from '../../../src/engine/client';
import { cutWindow } from '../../../src/engine/prompt/window';
import { Summarizer } from '../../../src/summarize/summarizer';
import { Grammars } from '../../../src/syntax/grammars';
import { median } from '../engine/report';

const grammarFolder = resolve('node_modules/@vscode/tree-sitter-wasm/wasm');
/** A file of functions and comments as people write them; pieces of it begin at its first line. */
const sample = join('src', 'engine', 'client.ts');
const lengths = [10, 40, 100];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, model: { type: 'string', default: join('models', 'decoder') } },
  });
  const model = resolve(values.model);
  const engine = new EngineClient({ modulePath: resolve('dist/engine.js'), threads: () => 0, log: () => undefined, timeouts: { grace: 60_000 } });
  const numbers: Record<string, number> = {};
  try {
    await engine.request('load', { model }, { priority: 'summarize' });
    const lines = (await readFile(sample, 'utf8')).split('\n');
    const bench = new Bench(engine, model);
    await bench.warmUp(lines.slice(0, 20).join('\n'));
    for (const length of lengths) {
      const rounds: { first: number; plain: number; again: number }[] = [];
      for (let round = 0; round < (values.quick ? 5 : 15); round++) {
        // Something else at the start makes everything behind it new to the model's cache.
        const text = `// ${length} lines, round ${round}\n${lines.slice(0, length).join('\n')}\n`;
        rounds.push({ ...(await bench.firstWords(text)), plain: await bench.firstToken(`// Then again ${round}\n${text}`) });
      }
      const [first, plain, again] = (['first', 'plain', 'again'] as const).map((name) => median(rounds.map((one) => one[name])));
      numbers[`${length}.firstWordsMs`] = first ?? NaN;
      numbers[`${length}.againMs`] = again ?? NaN;
      numbers[`${length}.overFirstToken`] = median(rounds.map((one) => one.first / one.plain));
      process.stdout.write(`${length} lines: first words ${first?.toFixed(0)} ms, a completion's first token ${plain?.toFixed(0)} ms, ratio ${numbers[`${length}.overFirstToken`]?.toFixed(2)}; the same again ${again?.toFixed(1)} ms\n`);
    }
  } finally {
    engine.dispose();
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

class Bench {
  private readonly summarizer: Summarizer;

  constructor(
    private readonly engine: EngineClient,
    private readonly model: string,
  ) {
    this.summarizer = new Summarizer(engine, new Grammars(grammarFolder));
  }

  /** Grammar and session are there in an editor that has been used. */
  async warmUp(text: string): Promise<void> {
    await this.firstWords(text);
    await this.firstToken(text);
  }

  /** Milliseconds to the first words about all of a text, and to all of them when asked once more. */
  async firstWords(text: string): Promise<{ first: number; again: number }> {
    const request = { text, path: 'src/client.ts', selection: { start: 0, end: text.length }, mode: 'sentence' as const, model: this.model, attempt: 0 };
    const start = performance.now();
    let first: number | undefined;
    await this.summarizer.summarize(request, ({ main }) => {
      if (main !== undefined && main.text !== '') first ??= performance.now() - start;
    });
    const then = performance.now();
    await this.summarizer.summarize(request, () => undefined);
    return { first: first ?? NaN, again: performance.now() - then };
  }

  /** Milliseconds to the first token that completes a text. */
  async firstToken(prefix: string): Promise<number> {
    const start = performance.now();
    const params = { model: this.model, path: 'src/client.ts', context: [], ...cutWindow({ prefix, suffix: '' }), mode: 'line' as const, maxTokens: 1 };
    await this.engine.request('complete', params, { priority: 'summarize' });
    return performance.now() - start;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
