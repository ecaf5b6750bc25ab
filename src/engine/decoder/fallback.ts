/**
 * A decoder on an accelerator that switches to the processor at its first runtime failure, continuing the text already
 * written; created by `placeDecoder.ts`.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { Decoder, GenerateRequest, Generated } from './decoder';
import type { ScoredToken } from './sampling/sampling';
import type { Step } from '../../common/step';

export type GeneratingDecoder = Pick<Decoder, 'generate' | 'dispose'>;

/**
 * A decoder on an accelerator, and one on the processor that takes its place when it fails: in the middle of a text,
 * behind the tokens that are written already.
 */
export class FallbackDecoder implements GeneratingDecoder {
  #device: GeneratingDecoder | undefined;
  #processor: Promise<GeneratingDecoder> | undefined;

  /**
   * @param open opens the decoder on the processor; called at most once
   * @param onFailure called with the reason why the accelerator is not used any more
   */
  constructor(
    device: GeneratingDecoder,
    private readonly open: () => Promise<GeneratingDecoder>,
    private readonly onFailure: (reason: string) => void,
  ) {
    this.#device = device;
  }

  async generate(request: GenerateRequest, step: Step): Promise<Generated> {
    const device = this.#device;
    if (device === undefined) return (await this.#takeOver()).generate(request, step);
    const written: ScoredToken[] = [];
    const heard: GenerateRequest = {
      ...request,
      onToken: (token) => {
        written.push(token);
        return request.onToken?.(token) ?? 'continue';
      },
    };
    try {
      return await device.generate(heard, step);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'runtime') throw error;
      if (this.#device === device) {
        // A device that is lost is not spoken to again, not even to give its memory back.
        this.#device = undefined;
        this.onFailure(error.message);
      }
      return behind(written, await this.#goOn(request, written, step));
    }
  }

  async dispose(): Promise<void> {
    await this.#device?.dispose();
    await (await this.#processor)?.dispose();
  }

  async #goOn(request: GenerateRequest, written: readonly ScoredToken[], step: Step): Promise<Generated> {
    const prompt = [...Array.from(request.prompt), ...written.map(({ id }) => id)];
    return (await this.#takeOver()).generate(
      { ...request, prompt, maxTokens: request.maxTokens - written.length },
      step,
    );
  }

  #takeOver(): Promise<GeneratingDecoder> {
    this.#processor ??= this.open();
    return this.#processor;
  }
}

const behind = (written: readonly ScoredToken[], rest: Generated): Generated => ({
  ...rest,
  tokens: [...written, ...rest.tokens],
});
