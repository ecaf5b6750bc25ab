/**
 * A server that the user has named and confirmed, with the model that is asked there. What it is, it is asked with its first use
 * and, where it did not answer, with the next; used by the features that ask it. Opens connections through `src/servers/http`.
 */
import { ServerError } from '../../servers/errors';
import type { HttpClient } from '../../servers/http/client';
import { probeOllamaModel, probeServer } from '../../servers/probe';
import type { ServerDescription, ServerKind, ServerModel } from '../../servers/probe';
import { ServerClient } from '../../servers/serverClient';
import { spellingOf } from '../../servers/spellings';
import type { ServerSetting } from '../settings';
import type { ServerPurpose } from './serverState';

/** How requests fare: they go to the local model, for a reason of one sentence, or to the server again. */
export type ServerChange = { readonly left: string } | 'back';

/** A server as it can be asked. */
export interface ReadyServer {
  readonly client: ServerClient;
  readonly model: ServerModel;
  readonly kind: ServerKind;
  /** Whether it serves more than one request at a time, so that one for later holds up none of now. */
  readonly servesSeveral: boolean;
}

/** These put requests that come together into one run. */
const batching: readonly ServerKind[] = ['vLLM', 'SGLang'];
/** Of a server that answers none of the questions what it is, but was given an endpoint by the user. */
const unknownServer: ServerDescription = { kind: 'OpenAI-compatible', models: [] };

export class UserServer {
  #ready: Promise<ReadyServer> | undefined;
  /** What was found out, once it was. */
  known: Pick<ReadyServer, 'kind' | 'model'> | undefined;
  /** Why the local model answers in its place: one sentence. */
  left: string | undefined;
  /** Names what writes here, for what is kept of it. */
  readonly identity: string;

  constructor(
    readonly purpose: ServerPurpose,
    private readonly setting: ServerSetting,
    private readonly http: HttpClient,
    private readonly onChange: (server: UserServer) => void,
  ) {
    this.identity = `${this.origin} ${setting.model ?? ''}`;
  }

  get origin(): string {
    return this.http.address.origin;
  }

  /** Whether it runs on this machine, beside the local model. */
  get isLoopback(): boolean {
    return this.http.address.isLoopback;
  }

  /** The model's name, where setting or server have told it. */
  get modelName(): string | undefined {
    return this.setting.model ?? this.known?.model.name;
  }

  /** Asks the server what it is, unless it has answered that. @throws {ServerError} */
  async ready(): Promise<ReadyServer> {
    this.#ready ??= this.#describe();
    const ready = this.#ready;
    try {
      return await ready;
    } catch (error) {
      if (this.#ready === ready) this.#ready = undefined;
      throw error;
    }
  }

  /** Takes note of how requests fare. */
  changed(change: ServerChange): void {
    this.left = change === 'back' ? undefined : change.left;
    this.onChange(this);
  }

  /** Ends what runs, and closes the connections. */
  dispose(): void {
    void this.#ready?.then(
      ({ client }) => client.dispose(),
      () => undefined,
    );
    this.http.dispose();
  }

  async #describe(): Promise<ReadyServer> {
    const { kind, models, slots = 1 } = await this.#ask();
    const model = await this.#model(kind, models);
    this.known = { kind, model };
    this.onChange(this);
    const servesSeveral = slots > 1 || batching.includes(kind);
    return { client: new ServerClient(this.http, model), model, kind, servesSeveral };
  }

  async #ask(): Promise<ServerDescription> {
    try {
      return await probeServer(this.http);
    } catch (error) {
      const saysNothing = error instanceof ServerError && ['invalid', 'unsupported'].includes(error.code);
      if (saysNothing && this.setting.model !== undefined) return unknownServer;
      throw error;
    }
  }

  /** What the setting says of the model, and what the server says where the setting does not. */
  async #model(kind: ServerKind, models: readonly ServerModel[]): Promise<ServerModel> {
    const { model: wanted, endpoint, spelling } = this.setting;
    const fits = (one: ServerModel): boolean => this.purpose !== 'completion' || one.fill !== undefined;
    const listed = wanted === undefined ? (models.find(fits) ?? models[0]) : models.find(({ name }) => name === wanted);
    const name = wanted ?? listed?.name;
    if (name === undefined) throw new ServerError('invalid', `The server at ${this.origin} lists no model.`);
    // A server that lists others may still have this one, by another name or in its store.
    const said = kind === 'Ollama' ? await probeOllamaModel(this.http, name) : (listed ?? { name });
    const spelled = spellingOf(spelling);
    return { ...said, ...(endpoint !== undefined && { fill: endpoint }), ...(spelled && { spelling: spelled }) };
  }
}
