/**
 * Asks one server over HTTP, and nobody else: the one module of `src/servers` that opens a connection. Used by the protocols
 * and by the prober. It follows no redirect, and no message says what it carries.
 *
 * VS Code puts its proxy settings and the system's certificates behind the module names `http` and `https`, and not behind
 * `node:http`: the bare ones are imported here.
 */
import * as http from 'http';
import * as https from 'https';
import type { ServerAddress } from '../address';
import type { ApiKey } from '../apiKey';
import { ServerError } from '../errors';
import { ExchangeWatch } from './exchangeWatch';
import { failureOf, refusalOf } from './failures';
import { jsonOf } from './json';
import type { HttpLimits } from './limits';
import { loopbackLookup } from './loopbackLookup';

export interface HttpRequest {
  /** Absolute; what the address has in front of it is added. */
  readonly path: string;
  /** Sent as JSON, by `POST`; without it, the request is a `GET`. */
  readonly body?: object;
  readonly limits: HttpLimits;
  /** Aborted where the answer is no longer wanted: the connection is closed, so that the server sees it. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpClientOptions {
  readonly address: ServerAddress;
  readonly apiKey?: ApiKey | undefined;
  /** Opens the connections; by default, a pool of this client's own on loopback, and elsewhere the program's agent. */
  readonly agent?: http.Agent | undefined;
}

/** Requests of one purpose follow each other; a few more are for what tells what the server is. */
const maxConnections = 6;

/** A client of one server. */
export class HttpClient {
  readonly address: ServerAddress;
  readonly #apiKey: ApiKey | undefined;
  readonly #agent: http.Agent | undefined;
  readonly #ownsAgent: boolean;

  constructor({ address, apiKey, agent }: HttpClientOptions) {
    this.address = address;
    this.#apiKey = apiKey;
    // Elsewhere, VS Code may have to choose a proxy, which it does where no agent is named.
    this.#ownsAgent = agent === undefined && address.isLoopback;
    const pool = { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: 2 };
    this.#agent = this.#ownsAgent ? (address.secure ? new https.Agent(pool) : new http.Agent(pool)) : agent;
  }

  /** Closes what connections there are. */
  dispose(): void {
    if (this.#ownsAgent) this.#agent?.destroy();
  }

  /** The value of an answer that is one JSON text. @throws {ServerError} */
  async json(request: HttpRequest): Promise<unknown> {
    const parts: Uint8Array[] = [];
    for await (const chunk of this.stream(request)) parts.push(chunk);
    return jsonOf(Buffer.concat(parts), this.address.origin);
  }

  /**
   * The bytes of an answer as they arrive. Whoever stops reading early closes the connection.
   *
   * @throws {ServerError} where the server is not there, does not answer with success and data, or breaks a limit; `cancelled`
   *   where the signal is aborted
   */
  async *stream(request: HttpRequest): AsyncGenerator<Uint8Array, void> {
    const watch = new ExchangeWatch(request.limits, request.signal, this.address.origin);
    try {
      const response = await this.#answerTo(request, watch);
      let bytes = 0;
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        watch.heard();
        bytes += chunk.length;
        if (bytes > request.limits.maxBytes)
          throw new ServerError('tooLarge', `The server at ${this.address.origin} sent more than an answer can hold.`);
        yield chunk;
      }
      if (!response.complete) throw failureOf(undefined, this.address.origin);
    } catch (error) {
      throw watch.reason ?? (error instanceof ServerError ? error : failureOf(error, this.address.origin));
    } finally {
      watch.end();
    }
  }

  /** @throws {ServerError} and what sockets throw */
  async #answerTo(request: HttpRequest, watch: ExchangeWatch): Promise<http.IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      const sent = this.#send(request);
      watch.stopWith(() => sent.destroy());
      try {
        const response = await answered(sent);
        watch.heard();
        const refusal = refusalOf(response, this.address);
        if (refusal !== undefined) throw refusal;
        return response;
      } catch (error) {
        // The server may close a connection in the moment that it is used again; it has read nothing then.
        const stale = sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        sent.destroy();
        if (!stale || attempt > 0 || watch.reason !== undefined) throw error;
      }
    }
  }

  #send({ path, body }: HttpRequest): http.ClientRequest {
    const { secure, host, port, basePath, isLoopback } = this.address;
    const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const options: https.RequestOptions = {
      host,
      port,
      path: basePath + path,
      method: text === undefined ? 'GET' : 'POST',
      ...(this.#agent && { agent: this.#agent }),
      ...(isLoopback && { lookup: loopbackLookup }),
      headers: {
        accept: 'application/json, text/event-stream, application/x-ndjson',
        // A small packed answer can hold gigabytes.
        'accept-encoding': 'identity',
        ...(text && { 'content-type': 'application/json', 'content-length': text.length }),
        ...(this.#apiKey && { authorization: this.#apiKey.authorization() }),
      },
    };
    // Plain http is for loopback, of which VS Code knows a few addresses only: its `request` gives what is for the others to the proxy.
    const request = secure ? https.request(options) : new http.ClientRequest(options);
    request.end(text);
    return request;
  }
}

/** @throws {Error} of the socket */
function answered(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays, since a socket that is destroyed can fail once more.
    request.on('error', reject);
    request.once('close', () => reject(new Error('closed')));
  });
}
