/**
 * Requests captures from the engine and keeps at most one per slot, releasing in the engine what is replaced. Used by
 * `inspector.vscode.ts`; knows nothing of VS Code.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { EngineClient } from '../../ipc/engine/client';
import type {
  CaptureDescription,
  CapturedSequence,
  CaptureResult,
  CaptureSubject,
} from '../../ipc/engine/messages/attention';
import { SimilarityCaptures } from './similarity';
import type { SimilaritySubject } from './similarity';
import { PageError } from '../../ipc/pages/protocol';
import type { Finished, CaptureView, ShownSimilarity, Slot, SubjectKind } from './messages';

/** What is to be captured, and how it is called. */
export interface CaptureRequest {
  readonly kind: SubjectKind;
  readonly title: string;
  readonly detail: string;
  readonly model: string;
  readonly subject: CaptureSubject | SimilaritySubject;
  readonly logprobs: readonly number[];
  readonly copied?: boolean;
  /** Line of its file that each segment of each sequence begins on, counted from 1; 0: in none. */
  readonly firstLines: (description: Pick<CaptureDescription, 'sequences'>) => number[][];
}

/** A capture and all that was reported about it. */
export interface Captured {
  readonly slot: Slot;
  readonly wanted: CaptureRequest;
  readonly shown: CaptureView;
  readonly done: number[];
  finished: Finished | undefined;
}

/** Called while captures are made; the implementer shows them. */
export interface InspectionObserver {
  shown(captured: Captured): void;
  progress(captured: Captured, stack: number): void;
  finished(captured: Captured): void;
}

/** Milliseconds between two messages about rows at least. */
const progressEveryMs = 120;

/** The captures that are looked at: at most one in each slot. What takes the place of another lets go of it. */
export class Inspection {
  readonly #captures = new Map<Slot, Captured>();
  readonly #running = new Map<Slot, AbortController>();
  readonly #similarities: SimilarityCaptures;

  constructor(
    private readonly engine: Pick<EngineClient, 'request'>,
    private readonly observer: InspectionObserver,
  ) {
    this.#similarities = new SimilarityCaptures(engine);
  }

  get(slot: Slot): Captured | undefined {
    return this.#captures.get(slot);
  }

  /** @throws {PageError} where the capture is none of those that are looked at */
  byId(capture: number): Captured {
    const found = [...this.#captures.values()].find(({ shown }) => shown.capture === capture);
    if (found === undefined) throw new PageError('invalid', `There is no capture ${capture}.`);
    return found;
  }

  /**
   * Captures a subject. The observer is called as soon as its tokens are known, and again as its rows come.
   *
   * @throws {EngineError} with a sentence; `cancelled` when another took its place
   */
  async capture(slot: Slot, wanted: CaptureRequest): Promise<Captured> {
    this.release(slot);
    const controller = new AbortController();
    this.#running.set(slot, controller);
    try {
      const captured = await (wanted.subject.kind === 'similarity'
        ? this.#compare(slot, wanted, wanted.subject, controller.signal)
        : this.#read(slot, wanted, wanted.subject, controller.signal));
      this.observer.finished(captured);
      return captured;
    } finally {
      if (this.#running.get(slot) === controller) this.#running.delete(slot);
    }
  }

  async #read(slot: Slot, wanted: CaptureRequest, subject: CaptureSubject, signal: AbortSignal): Promise<Captured> {
    let captured: Captured | undefined;
    let toldAt = 0;
    const begin = (description: CaptureDescription): Captured => {
      captured = this.#begin(slot, wanted, description);
      return captured;
    };
    const result = await this.engine.request(
      'capture',
      { model: wanted.model, subject },
      {
        priority: 'inspect',
        signal,
        onEvent: (event) => {
          if (signal.aborted) return;
          if (event.kind === 'begun') begin(event.description);
          else if (captured?.shown.capture === event.capture) {
            captured.done[event.stack] = event.done;
            if (performance.now() - toldAt < progressEveryMs) return;
            toldAt = performance.now();
            this.observer.progress(captured, event.stack);
          }
        },
      },
    );
    if (signal.aborted) throw new EngineError('cancelled', 'Another capture took its place.');
    // An engine that died meanwhile has captured it again, under another number.
    const final = captured?.shown.capture === result.capture ? captured : begin(result);
    final.finished = finishedOf(result);
    return final;
  }

  async #compare(
    slot: Slot,
    wanted: CaptureRequest,
    subject: SimilaritySubject,
    signal: AbortSignal,
  ): Promise<Captured> {
    const { description, similarity, finished } = await this.#similarities.compare(wanted.model, subject, signal);
    if (signal.aborted) throw new EngineError('cancelled', 'Another capture took its place.');
    const captured = this.#begin(slot, wanted, description, similarity);
    captured.finished = finished;
    return captured;
  }

  /** Ends and forgets what a slot holds, in the engine too. */
  release(slot: Slot): void {
    this.#running.get(slot)?.abort();
    this.#running.delete(slot);
    const captured = this.#captures.get(slot);
    this.#captures.delete(slot);
    if (captured === undefined || captured.shown.similarity !== undefined) return;
    // Where the engine has let go of it already, that is as well.
    this.engine.request('release', { capture: captured.shown.capture }, { priority: 'inspect' }).catch(() => undefined);
  }

  releaseAll(): void {
    this.release('other');
    this.release('main');
  }

  /** The captures went with the engine's process. */
  forget(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
    this.#captures.clear();
  }

  #begin(
    slot: Slot,
    wanted: CaptureRequest,
    description: Pick<CaptureDescription, 'capture' | 'sequences' | 'stacks'>,
    similarity?: ShownSimilarity,
  ): Captured {
    const { capture, sequences, stacks } = description;
    const { kind, title, detail, logprobs, copied = false } = wanted;
    const shown: CaptureView = {
      slot,
      capture,
      kind,
      title,
      detail,
      sequences,
      stacks,
      firstLines: wanted.firstLines(description),
      logprobs: [...logprobs],
      ...(copied && { copied }),
      ...(isCut(wanted.subject, sequences[0]) && { cut: true }),
      ...(similarity && { similarity }),
    };
    const captured: Captured = { slot, wanted, shown, done: stacks.map(() => 0), finished: undefined };
    this.#captures.set(slot, captured);
    this.observer.shown(captured);
    return captured;
  }
}

/** Blanks do not count: some models read none, or have none in what they give back. */
function isCut(subject: CaptureRequest['subject'], sequence: CapturedSequence | undefined): boolean {
  if (subject.kind !== 'text' || sequence === undefined) return false;
  const read = sequence.segments
    .filter(({ kind }) => kind === 'text')
    .map(({ start, end }) => sequence.text.slice(start, end))
    .join('');
  const lengthOf = (text: string): number => text.replace(/\s+/g, '').length;
  return lengthOf(read) < lengthOf(subject.text);
}

function finishedOf({ capture, sinkShares, timings, bytes }: CaptureResult): Finished {
  return { capture, sinkShares, totalMs: timings.totalMs, bytes };
}
