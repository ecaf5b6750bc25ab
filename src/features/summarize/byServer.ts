/**
 * Summaries by a server of the user's, with the local model behind it. Loaded by the feature once a server is confirmed. A person
 * waits for a summary, so the server is given time; where it fails, the summarizer begins anew with what `facts` then says.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { GenerateParams } from '../../ipc/engine/messages/generate';
import type { UserServer } from '../../host/servers/userServer';
import { ServerError } from '../../servers/errors';
import { answered, asked, failed, givenUp, routeOf, well } from '../../servers/health';
import { textLimits } from '../../servers/http/limits';
import { usualContextLength } from '../../servers/probe';
import { endedBy, keptOf } from '../../servers/ruledText';
import { sentenceRule, wholeTextRule } from '../../stopping/sentenceRule';
import type { WriterFacts } from './prompts';
import type { ModelAnswer, SummaryWriter } from './writers';

/** A server that is silent for so long is not waited for. Milliseconds. */
const limits = { ...textLimits, firstByteMs: 10_000, silenceMs: 10_000 };

export class SummariesByServer implements SummaryWriter {
  #health = well;

  /**
   * @param now milliseconds of a clock that is never set
   * @param random in 0…1
   */
  constructor(
    private readonly server: Pick<UserServer, 'ready' | 'changed' | 'identity'>,
    private readonly local: SummaryWriter,
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {}

  async facts(model: string): Promise<WriterFacts> {
    if (routeOf(this.#health, this.now()) === 'local') return this.local.facts(model);
    try {
      const { contextLength = usualContextLength } = (await this.server.ready()).model;
      return { model: this.#id, prompts: ['chat'], role: 'decoder', contextLength, byServer: true };
    } catch (error) {
      this.#note(error);
      return this.local.facts(model);
    }
  }

  async generate(
    params: GenerateParams,
    onText: (piece: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<ModelAnswer> {
    if (params.model !== this.#id) return this.local.generate(params, onText, signal);
    this.#health = asked(this.#health);
    try {
      const answer = await this.#chat(params, onText, signal);
      const { health, back } = answered(this.#health, this.now());
      this.#health = health;
      if (back) this.server.changed('back');
      return answer;
    } catch (error) {
      if (signal?.aborted === true) {
        this.#health = givenUp(this.#health, this.now());
        throw new EngineError('cancelled', 'No longer wanted.');
      }
      this.#note(error);
      throw error;
    }
  }

  reset(): void {
    this.local.reset();
  }

  /** In the place of a folder: no folder has such a path. */
  get #id(): string {
    return `server ${this.server.identity}`;
  }

  async #chat(
    { prompt, maxTokens, until, sampling }: GenerateParams,
    onText: (piece: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<ModelAnswer> {
    if (prompt.kind !== 'chat') throw new EngineError('invalid', 'A server is asked in conversations.');
    const { client } = await this.server.ready();
    const rule = until === 'sentence' ? sentenceRule : wholeTextRule;
    const written = await client.chat(
      { messages: prompt.messages, maxTokens, stop: [], likeliest: 1, ...sampling },
      { signal, limits, ...endedBy(rule, onText) },
    );
    return {
      text: keptOf(written, rule),
      cut: false,
      finish: written.finish === 'length' ? 'length' : 'stop',
      promptIds: new Int32Array(),
      tokens: written.tokens.map((token) => ({ id: 0, text: token.text, logprob: token.logprob ?? 0 })),
    };
  }

  /** @throws {unknown} what is no failure of the server */
  #note(error: unknown): void {
    if (!(error instanceof ServerError)) throw error;
    const { health, left } = failed(this.#health, error, this.now(), this.random());
    this.#health = health;
    if (left !== undefined) this.server.changed({ left });
  }
}
