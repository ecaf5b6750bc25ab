/**
 * What rounding the decoder's base costs: `npm run bench -- rounding [--quick] [--json FILE] [--only loss|speed] [--llama] [--model DIR]…`.
 *
 * The base (models/bases.json) is assembled with 4-bit matrices that have a scale for each 32 and each 64 values, and
 * with 8 bits where 4 cost most (`mixed`, block 32), and as a person's own file is converted (`asStored`). `--llama` adds llama.cpp with
 * the file as it is. Their
 * distributions of the next token are compared with those of the weights as the base's file holds them, in float32, behind
 * every token of 12 texts of code: mean Kullback–Leibler divergence in nats, and how often the likeliest token is the
 * same. Bytes are of the whole folder; speeds are medians of turns that the models take. `--model` names more
 * folders with the same vocabulary.
 */
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bases, fetchBase } from '../../../scripts/lib/bases.mjs';
import { assembleDecoder } from '../../../src/engine/assemble/decoder';
import type { DecoderAssembly } from '../../../src/engine/assemble/decoder';
import { openDecoderFolder } from '../../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../../src/modelFolder/tokenizer/tokenizer';
import { LogitsReader } from '../../support/decoderLogits';
import { root } from '../../support/paths';
import { ensurePeers } from '../engine/peers';
import { median } from '../engine/report';
import { compareLogits } from './divergence';
import { openLlamaReader } from './llamaLogits';

/** Tokens of each text, and of them those that are written one by one where speed is measured. */
const length = 256;
const written = 48;
const threads = 2;
const files = { 'src/**/*.ts': 8, 'models/training/{data,export,model,train}/*.py': 4 };
const defaultRounds = 5;

interface Subject {
  readonly name: string;
  readonly bytes: number;
  readonly reader: Pick<LogitsReader, 'read' | 'dispose'>;
  /** Of ours alone: its speed is measured too. */
  readonly network?: LogitsReader['network'];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      model: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      llama: { type: 'boolean', default: false },
    },
  });
  const out = mkdtempSync(join(tmpdir(), 'glassbox-rounding-'));
  const subjects: Subject[] = [];
  try {
    const gguf = await fetchBase(bases.decoder);
    const assemble = async (name: string, block: 32 | 64, precision: DecoderAssembly['precision']): Promise<string> => {
      await assembleDecoder({ from: gguf, folder: join(out, name), block, precision, log: () => {} });
      return join(out, name);
    };
    const exact = await assemble('float32', 32, 'float32');
    const others = [
      await assemble('block32', 32, 'int4'),
      await assemble('block64', 64, 'int4'),
      await assemble('mixed', 32, 'mixed'),
      await assemble('asStored', 32, 'asStored'),
      ...values.model,
    ];
    for (const folder of [exact, ...others]) subjects.push(await open(folder));
    if (values.llama) subjects.push(await openLlama(gguf, (await openDecoderFolder(exact)).vocabularySize));
    const { tokenizer, tokenizerConfig } = await openDecoderFolder(exact);
    const texts = textsOf(Tokenizer.create(tokenizer, tokenizerConfig)).filter(
      (_, at) => !values.quick || at % 4 === 0,
    );
    const wants = (part: string): boolean => values.only === undefined || values.only === part;
    const numbers = {
      ...(wants('loss') && (await measureLoss(subjects, texts))),
      ...(wants('speed') && (await measureSpeed(subjects, texts, values.quick))),
    };
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
  } finally {
    for (const { reader } of subjects) await reader.dispose();
    rmSync(out, { recursive: true, force: true });
  }
}

async function open(path: string): Promise<Subject> {
  const bytes = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
  const reader = await LogitsReader.open(await openDecoderFolder(path), 'auto', threads);
  return { name: basename(path), bytes, reader, network: reader.network };
}

async function openLlama(gguf: string, vocabularySize: number): Promise<Subject> {
  const peers = join(root, '.cache', 'bench', 'rounding');
  ensurePeers(peers, ['llama']);
  const reader = await openLlamaReader(peers, gguf, { threads, vocabularySize, length });
  return { name: 'llama.cpp', bytes: statSync(gguf).size, reader };
}

/** The beginnings of files, spread over the project. */
function textsOf(tokenizer: Tokenizer): number[][] {
  return Object.entries(files).flatMap(([pattern, count]) => {
    const long = globSync(pattern)
      .sort()
      .filter((path) => !path.endsWith('_pb.ts'))
      .map((path) => tokenizer.encode(readFileSync(path, 'utf8').slice(0, 8 * length)))
      .filter((ids) => ids.length >= length);
    return Array.from({ length: count }, (_, at) =>
      [...(long[Math.floor((at * long.length) / count)] as number[])].slice(0, length),
    );
  });
}

async function measureLoss(
  [exact, ...others]: readonly Subject[],
  texts: readonly number[][],
): Promise<Record<string, number>> {
  const sums = others.map(() => ({ divergence: 0, same: 0, clear: 0, sameClear: 0 }));
  for (const ids of texts) {
    const wanted = await exact!.reader.read(ids, length);
    for (const [at, { reader }] of others.entries()) {
      const found = compareLogits(wanted, await reader.read(ids, length), length);
      for (const key of ['divergence', 'same', 'clear', 'sameClear'] as const) sums[at]![key] += found[key];
    }
  }
  const count = texts.length * length;
  return Object.fromEntries(
    others.flatMap(({ name, bytes }, at) => {
      const { divergence, same, clear, sameClear } = sums[at]!;
      const [mean, share, clearShare] = [divergence / count, same / count, sameClear / clear];
      process.stdout.write(
        `${name}: ${(bytes / 1e6).toFixed(1)} MB, mean KL ${mean.toFixed(4)} nats behind ${count} tokens, same likeliest token ${(100 * share).toFixed(1)} %, ${(100 * clearShare).toFixed(1)} % of the ${clear} where it is clear\n`,
      );
      return [
        [`${name}.bytes`, bytes],
        [`${name}.meanKl`, mean],
        [`${name}.sameTop`, share],
        [`${name}.sameClearTop`, clearShare],
      ];
    }),
  );
}

async function measureSpeed(
  all: readonly Subject[],
  [text]: readonly number[][],
  quick: boolean,
): Promise<Record<string, number>> {
  const subjects = all.flatMap(({ name, network }) => (network ? [{ name, network }] : []));
  const ids = Int32Array.from(text!);
  const times = subjects.map(() => ({ prompt: [] as number[], written: [] as number[] }));
  for (let round = 0; round <= (quick ? 2 : defaultRounds); round++) {
    for (const [at, { network }] of subjects.entries()) {
      const cache = network.createCache();
      const begun = performance.now();
      await network.run(cache, ids, { past: 0, rows: length - written });
      const read = performance.now();
      for (let past = length - written; past < length; past++) await network.run(cache, ids, { past, rows: 1 });
      const ended = performance.now();
      cache.dispose();
      // The first round warms up.
      if (round === 0) continue;
      times[at]!.prompt.push((1000 * (length - written)) / (read - begun));
      times[at]!.written.push((1000 * written) / (ended - read));
    }
  }
  return Object.fromEntries(
    subjects.flatMap(({ name }, at) => {
      const [prompt, one] = [median(times[at]!.prompt), median(times[at]!.written)];
      process.stdout.write(`${name}: ${prompt.toFixed(0)} prompt tokens, ${one.toFixed(0)} written tokens a second\n`);
      return [
        [`${name}.promptPerSecond`, prompt],
        [`${name}.writtenPerSecond`, one],
      ];
    }),
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
