/**
 * Opens an encoder with byte products where they measure faster and accurate enough on this machine, otherwise
 * unchanged, and prefers packed weights; called by `openModel.ts`.
 */
import { basename } from 'node:path';
import type { EncoderFolder } from '../../modelFolder/layouts/types';
import { roundEncoder } from '../graphs/prepareEncoder';
import type { PackedGraphs } from '../weightCache/packedGraphs';
import type { PackedForm } from '../weightCache/packedGraphKey';
import { openSession } from '../runtime/session';
import type { GraphBytes, Session, SessionOptions } from '../runtime/session';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { Encoder } from './encoder';
import type { RoundingMemory } from './roundingMemory';
import { specimens } from './specimens';
import { errorMessage } from '../../common/errorMessage';

/** Largest 1 − cosine that rounding may cost any specimen: what a graph may differ from PyTorch by. */
const maxCosineLoss = 1e-3;
/** Rounding that saves less than this share of the time is not worth its loss. */
const minSavedShare = 0.1;
/** Of these runs the fastest counts: what else the machine does makes the others slower. */
const runs = 3;

export interface EncoderOptions {
  readonly threads: number;
  /** What was found about encoders on this machine; each is compared anew without. */
  readonly memory?: Pick<RoundingMemory, 'get' | 'put'> | undefined;
  /** Where graphs are kept with their weights packed; each is packed anew without. */
  readonly packed?: Pick<PackedGraphs, 'open' | 'want'> | undefined;
  /** Called with sentences for the log that say how a model runs. */
  readonly log?: ((sentence: string) => void) | undefined;
}

/**
 * Opens an encoder so that it runs as fast as its vectors allow: with products of bytes where that was measured to be
 * faster on this machine and to move no vector by more than 1e-3 of a cosine, else as the file says.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function openFastEncoder(
  folder: EncoderFolder,
  tokenizer: Tokenizer,
  options: EncoderOptions,
): Promise<Encoder> {
  const { memory, log } = options;
  if (folder.poolingIsAssumed)
    log?.(
      `${folder.name} does not say how the vectors of its tokens become one, so their mean is taken; a file 1_Pooling/config.json beside its config.json, with {"pooling_mode": "cls"} for the first token's, changes that.`,
    );
  const known = memory?.get(folder.graph);
  if (known === true) {
    const rounded = await openRounded(folder, tokenizer, options);
    if (rounded) return rounded.wanted();
  }
  const exact = await openForm('asItIs', () => Promise.resolve(folder.graph), folder, tokenizer, options);
  if (known !== undefined) return exact.wanted();
  const rounded = await openRounded(folder, tokenizer, options);
  if (!rounded) return exact.wanted();
  try {
    const found = await compareEncoders(exact.encoder, rounded.encoder);
    const pays = roundingPays(found);
    memory?.put(folder.graph, pays);
    log?.(
      `${basename(folder.graph)} of ${folder.name} ${pays ? 'runs' : 'does not run'} with products of bytes: they take ${Math.round(100 * found.share)} % of the time and move a vector by ${found.loss.toExponential(1)} at most.`,
    );
    await (pays ? exact : rounded).encoder.dispose();
    return await (pays ? rounded : exact).wanted();
  } catch (error) {
    await rounded.encoder.dispose();
    log?.(
      `${basename(folder.graph)} of ${folder.name} runs as it is, since its products cannot be rounded: ${errorMessage(error)}`,
    );
    return exact.wanted();
  }
}

/** @param comparison see `compareEncoders` */
export const roundingPays = ({ loss, share }: { readonly loss: number; readonly share: number }): boolean =>
  loss <= maxCosineLoss && share <= 1 - minSavedShare;

/** An encoder that was opened in one of its forms. */
interface Opened {
  readonly encoder: Encoder;
  /** It is to run: its weights are to be kept packed for its next opening, where they are not yet. */
  wanted(): Promise<Encoder>;
}

/** @returns `undefined` where the graph cannot be rounded, or does not run that way */
async function openRounded(
  folder: EncoderFolder,
  tokenizer: Tokenizer,
  options: EncoderOptions,
): Promise<Opened | undefined> {
  const rounded = async (): Promise<GraphBytes> => {
    const graph = await roundEncoder(folder.graph);
    if (!graph) throw new Error('there is nothing to round');
    return { ...graph, path: folder.graph };
  };
  return openForm('rounded', rounded, folder, tokenizer, options).catch(() => undefined);
}

/** @param graph what is loaded where its weights are not packed */
async function openForm(
  form: PackedForm,
  graph: () => Promise<string | GraphBytes>,
  folder: EncoderFolder,
  tokenizer: Tokenizer,
  { threads, packed }: EncoderOptions,
): Promise<Opened> {
  const subject = { model: folder.path, graph: folder.graph, form };
  let missing = false;
  const session = async (settings: SessionOptions): Promise<Session> => {
    const found = await packed?.open(subject, (bytes) => openSession(bytes, settings));
    missing ||= !found;
    return found ?? openSession(await graph(), settings);
  };
  const encoder = await Encoder.open(folder, tokenizer, { threads, session });
  return {
    encoder,
    wanted: async () => {
      if (missing) await packed?.want(subject);
      return encoder;
    },
  };
}

/** @returns the largest 1 − cosine of what two encoders make of the same text, and the second one's time as a share of the first one's */
export async function compareEncoders(
  first: Pick<Encoder, 'embed'>,
  second: Pick<Encoder, 'embed'>,
): Promise<{ loss: number; share: number }> {
  let loss = 0;
  for (const text of specimens) {
    const [a, b] = [await vectorOf(first, text), await vectorOf(second, text)];
    const distance = 1 - a.reduce((sum, value, at) => sum + value * (b[at] ?? NaN), 0);
    loss = Math.max(loss, Number.isNaN(distance) ? Infinity : distance);
  }
  const times = [0, 0] as [number, number];
  for (const text of specimens) {
    const fastest = [Infinity, Infinity] as [number, number];
    for (let run = 0; run < runs; run++) {
      for (const [at, encoder] of [
        [0, first],
        [1, second],
      ] as const) {
        const started = performance.now();
        await vectorOf(encoder, text);
        fastest[at] = Math.min(fastest[at], performance.now() - started);
      }
    }
    times[0] += fastest[0];
    times[1] += fastest[1];
  }
  return { loss, share: times[1] / times[0] };
}

/** Embeds one text a run: how a text's vector changes beside others in a batch is not measured. */
async function vectorOf(encoder: Pick<Encoder, 'embed'>, text: string): Promise<Float32Array> {
  return (await encoder.embed({ kind: 'document', texts: [text] }, () => Promise.resolve(undefined))).vectors;
}
