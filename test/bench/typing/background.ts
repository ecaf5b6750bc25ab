/** The encoder's work in the background, as the index asks for it while somebody types; used by the typing benchmark. */
import type { EngineClient } from '../../../src/ipc/engine/client';

/** Pieces of one request, as the index asks for them. */
const piecesEach = 32;
/** UTF-16 units: what search cuts code into has about 107 tokens. */
const pieceLength = 400;

/** Has an encoder embed pieces of code, one request after the other, until it is stopped. */
export class Embedding {
  #pieces = 0;
  #isStopped = false;
  readonly #start = performance.now();
  readonly #work: Promise<void>;

  /** @param texts of files, together longer than one request's pieces */
  constructor(
    private readonly engine: Pick<EngineClient, 'request'>,
    private readonly model: string,
    texts: readonly string[],
  ) {
    this.#work = this.#embed(texts.flatMap(piecesOf));
  }

  /** @returns pieces a second */
  async stop(): Promise<number> {
    const seconds = (performance.now() - this.#start) / 1_000;
    const pieces = this.#pieces;
    this.#isStopped = true;
    await this.#work;
    return pieces / seconds;
  }

  async #embed(pieces: readonly string[]): Promise<void> {
    for (let at = 0; !this.#isStopped; at = (at + piecesEach) % pieces.length) {
      const texts = pieces.slice(at, at + piecesEach);
      await this.engine.request('embed', { model: this.model, kind: 'document', texts }, { priority: 'index' });
      this.#pieces += texts.length;
    }
  }
}

const piecesOf = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, at) =>
    text.slice(at * pieceLength, (at + 1) * pieceLength),
  );
