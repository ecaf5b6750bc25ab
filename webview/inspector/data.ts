/**
 * A capture in the webview: requests weights, tiles and scores from the host and caches a bounded number of them. Used
 * by `app.ts`, `focus.ts` and the views; cached numbers are dropped when new rows arrive.
 */
import type {
  Finished,
  HeadScores,
  InspectorProtocol,
  MapPlace,
  PoolKind,
  Probabilities,
  Provenance,
  CaptureView,
  Thumbnails,
  Tile,
  AttentionWeights,
} from '../../src/features/inspector/messages';
import type { RequestName, RequestInput, RequestResult } from '../../src/ipc/pages/protocol';

/** Asks the host, or what plays its part. */
export type Ask = <K extends RequestName<InspectorProtocol>>(
  name: K,
  params: RequestInput<InspectorProtocol, K>,
  options?: { signal?: AbortSignal },
) => Promise<RequestResult<InspectorProtocol, K>>;

export type { MapPlace };

const maxKeptWeights = 400;

/** A capture in the panel: what is known of it, and its numbers, asked for when they are needed and kept for a while. */
export class Capture {
  finished: Finished | undefined;
  stale = false;
  /** For each stack, rows below it are there. */
  readonly done: number[];
  /** Raised with every new row: pictures drawn before are out of date. */
  version = 0;
  readonly #kept = new Map<string, Promise<unknown>>();

  constructor(
    readonly shown: CaptureView,
    private readonly ask: Ask,
  ) {
    this.done = shown.stacks.map(() => 0);
  }

  get id(): number {
    return this.shown.capture;
  }

  get complete(): boolean {
    return this.finished !== undefined;
  }

  progressed(stack: number, done: number): void {
    this.done[stack] = done;
    this.#renew();
  }

  finish(finished: Finished): void {
    this.finished = finished;
    this.shown.stacks.forEach(({ queries }, stack) => (this.done[stack] = this.tokens(queries)));
    this.#renew();
  }

  tokens(sequence: number): number {
    return this.shown.sequences[sequence]?.ids.length ?? 0;
  }

  /** Answered at once where the same was asked before. */
  weights(
    { stack, layer, heads }: MapPlace,
    span: { from: number; to: number },
    direction: 'reads' | 'readBy',
    withoutSink: boolean,
    signal?: AbortSignal,
  ): Promise<AttentionWeights> {
    return this.#keep(JSON.stringify(['weights', stack, layer, heads, span, direction, withoutSink]), () =>
      this.ask(
        'weights',
        { ...this.#place(stack, layer), heads, tokens: span, direction, withoutSink },
        signal ? { signal } : {},
      ),
    );
  }

  thumbnails(stack: number, size: number): Promise<Thumbnails> {
    return this.#keep(JSON.stringify(['thumbnails', stack, size]), () =>
      this.ask('thumbnails', { capture: this.id, stack, size, kind: 'max' }),
    );
  }

  tile(
    { stack, layer, heads }: MapPlace,
    level: number,
    kind: PoolKind,
    area: { x: number; y: number; width: number; height: number },
    signal?: AbortSignal,
  ): Promise<Tile> {
    return this.ask('tile', { ...this.#place(stack, layer), heads, level, kind, ...area }, signal ? { signal } : {});
  }

  headScores(stack: number): Promise<HeadScores> {
    return this.#keep(JSON.stringify(['headScores', stack]), () => this.ask('headScores', { capture: this.id, stack }));
  }

  probabilities(position: number): Promise<Probabilities> {
    return this.#keep(JSON.stringify(['probabilities', position]), () =>
      this.ask('probabilities', { capture: this.id, position, top: 8 }),
    );
  }

  provenance({ stack, layer, heads }: MapPlace, withoutSink: boolean): Promise<Provenance> {
    return this.#keep(JSON.stringify(['provenance', stack, layer, heads, withoutSink]), () =>
      this.ask('provenance', { ...this.#place(stack, layer), heads, withoutSink }),
    );
  }

  #place(stack: number, layer: number | null): { capture: number; stack: number; layer?: number } {
    return { capture: this.id, stack, ...(layer === null ? {} : { layer }) };
  }

  /** Numbers asked for while rows were missing are asked for again. */
  #renew(): void {
    this.version++;
    this.#kept.clear();
  }

  #keep<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key) as Promise<T> | undefined;
    if (known !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const asked = ask();
    this.#kept.set(key, asked);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxKeptWeights) break;
      this.#kept.delete(oldest);
    }
    // What failed or was given up may be asked again.
    asked.catch(() => {
      if (this.#kept.get(key) === asked) this.#kept.delete(key);
    });
    return asked;
  }
}
