/**
 * Capture and prediction for decoder folders, over the reader that `openDecoder.ts` opens; opened by `open.ts` for the
 * handlers of attention. Its session and cache are its own, not those of completion.
 */
import { EngineError } from '../../ipc/engine/errors';
import { openDecoderFolder } from '../../modelFolder/layouts/folder';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import type { CapturedSequence, CaptureSubject, TokenSpan } from '../../ipc/engine/messages/attention';
import type { Step } from '../../common/step';
import { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import type { Capture, CapturePlan } from '../../attention/capture';
import type { ReadRows } from './decoderReader';
import type { AttentionModel, FillTimings, Predictions } from '../../attention/model';
import { openDecoderReader } from './openDecoder';
import type { OpenDecoderReader, ReaderOptions } from './openDecoder';
import { partsOf, sequenceOf } from './sequence';
import type { SequencePart } from './sequence';
import { logNormalizer } from '../../attention/softmax';

/** A decoder whose attention can be captured. */
export class DecoderAttention implements AttentionModel, Predictions {
  readonly predictions: Predictions = this;
  readonly #roles: ReadonlyMap<number, string>;

  /** @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime` */
  static async open(path: string, options: ReaderOptions): Promise<DecoderAttention> {
    const started = performance.now();
    const folder = await openDecoderFolder(path);
    const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    const opened = await openDecoderReader(folder, options);
    return new DecoderAttention(path, folder, tokenizer, opened, performance.now() - started);
  }

  private constructor(
    readonly path: string,
    private readonly folder: DecoderFolder,
    private readonly tokenizer: Tokenizer,
    private readonly opened: OpenDecoderReader,
    readonly openMs: number,
  ) {
    const roles = new Map(tokenizer.specialIds.map((id) => [id, 'special']));
    for (const [role, text] of Object.entries(folder.tokens)) {
      const id = tokenizer.special(text);
      if (id !== undefined) roles.set(id, role);
    }
    this.#roles = roles;
  }

  plan(subject: CaptureSubject): CapturePlan {
    const parts =
      subject.kind === 'prompt'
        ? this.#promptParts(subject.promptIds, subject.generatedIds)
        : this.#textParts(subject.text, subject.path);
    const sequence = sequenceOf(parts, this.tokenizer);
    this.#check(sequence);
    const length = sequence.ids.length;
    const { way, layers, heads, norms } = this.opened;
    const generated = subject.kind === 'prompt' ? subject.generatedIds.length : 0;
    const stack = {
      kind: 'decoder',
      queries: 0,
      keys: 0,
      layers,
      heads,
      causal: true,
      rows: length,
      columns: length,
    } as const;
    return {
      way,
      sequences: [sequence],
      stacks: [{ ...stack, valueWeighted: norms !== undefined }],
      generatedFrom: length - generated,
    };
  }

  async fill(capture: Capture, step: Step, onRows: (stack: number, done: number) => void): Promise<FillTimings> {
    const { ids } = capture.text;
    const { generatedFrom } = capture.plan;
    const stack = capture.stacks[0];
    let runMs = 0;
    let packMs = 0;
    const options = { from: 0, logitsFrom: Math.max(0, generatedFrom - 1) };
    for await (const run of this.opened.reader.read(ids, options, step)) {
      runMs += run.ms;
      await step();
      const started = performance.now();
      await this.#addNorms(capture, run);
      for (const [layer, weights] of run.weights.entries())
        stack?.add(layer, { weights, first: run.past, rows: run.rows, columns: run.columns });
      this.#eachLogits(run, (position, logits) => {
        const next = ids[position + 1];
        if (position + 1 >= generatedFrom && next !== undefined)
          capture.logprobs[position + 1] = (logits[next] as number) - logNormalizer(logits);
      });
      packMs += performance.now() - started;
      onRows(0, stack?.done ?? 0);
    }
    return { runMs, packMs };
  }

  async predict(
    capture: Capture,
    { from, to }: TokenSpan,
    step: Step,
    visit: (position: number, logits: Float32Array) => void,
    hidden?: TokenSpan,
  ): Promise<void> {
    const { reader } = this.opened;
    if (hidden && !reader.hidesTokens)
      throw new EngineError(
        'invalid',
        `The attention of ${this.folder.name} cannot be changed, so nothing can be hidden from it.`,
      );
    let next = from;
    for await (const run of reader.read(
      capture.text.ids.slice(0, to),
      { from, logitsFrom: from, ...(hidden && { hidden }) },
      step,
    )) {
      this.#eachLogits(run, (position, logits) => {
        // A run may begin before, or calculate a row again.
        if (position === next) visit(next++, logits);
      });
    }
  }

  async dispose(): Promise<void> {
    await this.opened.reader.dispose();
    await this.opened.norms?.dispose();
  }

  textOf(id: number): string {
    return this.tokenizer.decode([id]);
  }

  #eachLogits(
    { past, rows, logits, logitCount }: ReadRows,
    visit: (position: number, logits: Float32Array) => void,
  ): void {
    const size = this.opened.reader.vocabularySize;
    for (let at = 0; at < logitCount; at++)
      visit(past + rows - logitCount + at, logits.subarray(at * size, (at + 1) * size));
  }

  async #addNorms(capture: Capture, { values, past, rows }: ReadRows): Promise<void> {
    const stack = capture.stacks[0];
    if (!this.opened.norms || !stack?.valueNorms) return;
    const { heads, columns } = stack.shape;
    for (const [layer, fresh] of values.entries()) {
      const norms = await this.opened.norms.of(layer, fresh);
      for (let head = 0; head < heads; head++) {
        stack.valueNorms.set(norms.subarray(head * rows, (head + 1) * rows), (layer * heads + head) * columns + past);
      }
    }
  }

  #promptParts(promptIds: Int32Array, generatedIds: Int32Array): SequencePart[] {
    return partsOf(promptIds, generatedIds, this.#roles, (id) => this.tokenizer.decode([id]).includes('\n'));
  }

  /** A text that is too long loses its end. */
  #textParts(text: string, path: string | undefined): SequencePart[] {
    const idOf = (role: 'beginOfText' | 'file'): number[] => {
      const id = this.tokenizer.special(this.folder.tokens[role] ?? '');
      return id === undefined ? [] : [id];
    };
    const file = path === undefined ? [] : idOf('file');
    const front: SequencePart[] = [
      { kind: 'special', ids: [...idOf('beginOfText'), ...file] },
      { kind: 'path', ids: file.length === 0 ? [] : this.tokenizer.encode(`${path}\n`) },
    ];
    const room = this.folder.contextLength - front.reduce((sum, { ids }) => sum + ids.length, 0);
    if (room < 1)
      throw new EngineError(
        'invalid',
        `The path leaves no room for a text: ${this.folder.name} takes ${this.folder.contextLength} tokens.`,
      );
    return [...front, { kind: 'text', ids: this.tokenizer.encode(text).slice(0, room) }];
  }

  #check({ ids }: CapturedSequence): void {
    const { contextLength, vocabularySize, name } = this.folder;
    if (ids.length === 0) throw new EngineError('invalid', 'There is no text to look into.');
    if (ids.length > contextLength)
      throw new EngineError('invalid', `The text has ${ids.length} tokens, but ${name} takes ${contextLength}.`);
    if (ids.some((id) => id < 0 || id >= vocabularySize))
      throw new EngineError('invalid', `The text has a token that ${name} does not know.`);
  }
}
