/**
 * Attention capture for encoders and encoder-decoders, each graph run once over the whole text without a cache; opened
 * by `open.ts` for the attention service.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { CapturedSequence, CapturedStack, CaptureSubject } from '../../ipc/engine/messages/attention';
import type { SessionOptions } from '../runtime/session';
import type { Step } from '../../common/step';
import type { Capture, CapturePlan } from '../../attention/capture';
import { GraphReader } from './graphReader';
import type { GraphInput, SiteRun } from './graphReader';
import type { AttentionModel, FillTimings } from '../../attention/model';
import type { SequenceFolder } from './sequenceFolder';
import type { StackData } from '../../attention/stack';

/** Rows that are packed at once. */
const packedRows = 64;
/** Lengths that tell attention to the source from attention to the target. */
const probeLengths = { source: 5, target: 3 };

/** The graphs of an encoder, or of an encoder-decoder. */
interface Readers {
  readonly encoder: GraphReader;
  readonly decoder: GraphReader | undefined;
}

interface StackForm extends Pick<CapturedStack, 'kind' | 'layers' | 'heads' | 'causal'> {
  /** Which of its graph's layers of attention these are. */
  readonly sites: readonly number[];
}

/** An encoder or encoder-decoder whose attention can be captured: whole texts at once, in one run of each graph. */
export class SequenceAttention implements AttentionModel {
  /** @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime` */
  static async open(path: string, folder: SequenceFolder, options: SessionOptions): Promise<SequenceAttention> {
    const started = performance.now();
    const probe = (length: number): Int32Array =>
      Int32Array.from({ length }, (_, at) => (at * 7 + 1) % folder.vocabularySize);
    const source: GraphInput = { ids: probe(probeLengths.source) };
    const encoder = await GraphReader.open(folder.encoder, source, options);
    const encoded = await encoder.run(source);
    const stacks: StackForm[] = [formOf('encoder', encoded.sites, false)];
    let decoder: GraphReader | undefined;
    if (folder.decoder !== undefined) {
      const target: GraphInput = {
        ids: probe(probeLengths.target),
        encoded: { hidden: encoded.result, tokens: probeLengths.source },
      };
      decoder = await GraphReader.open(folder.decoder, target, options);
      const { sites } = await decoder.run(target);
      stacks.push(
        formOf('decoder', sites, true, probeLengths.target),
        formOf('cross', sites, false, probeLengths.source),
      );
    }
    return new SequenceAttention(path, folder, { encoder, decoder }, stacks, performance.now() - started);
  }

  private constructor(
    readonly path: string,
    private readonly folder: SequenceFolder,
    private readonly readers: Readers,
    private readonly forms: readonly StackForm[],
    readonly openMs: number,
  ) {}

  plan(subject: CaptureSubject): CapturePlan {
    if (subject.kind !== 'text')
      throw new EngineError('invalid', `${this.folder.name} writes no completions, so there is no prompt of one.`);
    const source = this.folder.source(subject.text, subject.around);
    const sequences = this.readers.decoder ? [source, this.folder.target(subject.target ?? '')] : [source];
    for (const { ids } of sequences) {
      if (ids.length === 0) throw new EngineError('invalid', 'There is no text to look into.');
    }
    const lengthOf = (at: number): number => (sequences[at] as CapturedSequence).ids.length;
    const stacks = this.forms.map(({ kind, layers, heads, causal }) => {
      const [queries, keys] = kind === 'encoder' ? [0, 0] : kind === 'decoder' ? [1, 1] : [1, 0];
      const reader = kind === 'encoder' ? this.readers.encoder : this.readers.decoder;
      return {
        kind,
        queries,
        keys,
        layers,
        heads,
        causal,
        rows: lengthOf(queries),
        columns: lengthOf(keys),
        valueWeighted: reader?.weighsValues ?? false,
      };
    });
    return {
      way: this.readers.encoder.way,
      sequences,
      stacks,
      generatedFrom: sequences.length === 1 ? lengthOf(0) : 1,
    };
  }

  async fill(capture: Capture, step: Step, onRows: (stack: number, done: number) => void): Promise<FillTimings> {
    const timings = { runMs: 0, packMs: 0 };
    const run = async (reader: GraphReader, input: GraphInput) => {
      await step();
      const started = performance.now();
      const found = await reader.run(input);
      timings.runMs += performance.now() - started;
      return found;
    };
    const [source, target] = capture.plan.sequences as [CapturedSequence, CapturedSequence | undefined];
    const encoded = await run(this.readers.encoder, { ids: source.ids });
    const written =
      target && this.readers.decoder
        ? await run(this.readers.decoder, {
            ids: target.ids,
            encoded: { hidden: encoded.result, tokens: source.ids.length },
          })
        : undefined;
    for (const [at, { kind, sites }] of this.forms.entries()) {
      const made = kind === 'encoder' ? encoded.sites : (written?.sites ?? []);
      const stack = capture.stacks[at] as StackData;
      for (const [layer, site] of sites.entries()) {
        const found = made[site] as SiteRun;
        if (found.norms) stack.valueNorms?.set(found.norms, layer * found.heads * found.columns);
        for (let first = 0; first < found.rows; first += packedRows) {
          await step();
          const started = performance.now();
          stack.add(layer, cut(found, first, Math.min(packedRows, found.rows - first)));
          timings.packMs += performance.now() - started;
        }
      }
      onRows(at, stack.done);
    }
    return timings;
  }

  async dispose(): Promise<void> {
    await this.readers.encoder.dispose();
    await this.readers.decoder?.dispose();
  }
}

/** @param columns of the layers that belong to this stack; all of the graph's where absent */
function formOf(kind: StackForm['kind'], runs: readonly SiteRun[], causal: boolean, columns?: number): StackForm {
  const sites = runs.flatMap((run, at) => (columns === undefined || run.columns === columns ? [at] : []));
  return { kind, causal, sites, layers: sites.length, heads: runs[0]?.heads ?? 0 };
}

/** Some rows of every head. */
function cut({ weights, heads, rows, columns }: SiteRun, first: number, count: number) {
  const piece = new Float32Array(heads * count * columns);
  for (let head = 0; head < heads; head++) {
    const start = (head * rows + first) * columns;
    piece.set(weights.subarray(start, start + count * columns), head * count * columns);
  }
  return { weights: piece, first, rows: count, columns };
}
