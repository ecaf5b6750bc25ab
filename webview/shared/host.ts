/**
 * Connects a webview page to VS Code, or to a recorded session in a plain browser, with memory for its state. Used by
 * the entries of both pages.
 */
import type { PageProtocol } from '../../src/ipc/pages/protocol';
import { HostClient } from './client';
import type { Transport } from './client';

/** What VS Code gives a page, once. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** The place of VS Code in a plain browser: a script loaded before the page puts it there. */
export interface StandIn extends Transport {
  /** Kept for as long as the document lives. */
  state?: unknown;
}

declare global {
  // Both are globals of the document, which only `var` declares.
  var acquireVsCodeApi: (() => VsCodeApi) | undefined;
  var glassboxHost: StandIn | undefined;
}

/** What is kept of a page while it is hidden. */
export interface Memory {
  /** Unchecked: whatever an earlier version left. */
  read(): unknown;
  write(state: unknown): void;
}

/**
 * Connects the page to its host: VS Code, or in a plain browser the stand-in.
 *
 * @throws {Error} where there is neither
 */
export function connect<P extends PageProtocol>(protocol: P): { host: HostClient<P>; memory: Memory } {
  if (globalThis.acquireVsCodeApi !== undefined) {
    const api = globalThis.acquireVsCodeApi();
    const transport: Transport = {
      post: (message) => api.postMessage(message),
      listen: (receive) => window.addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data)),
    };
    return {
      host: new HostClient(protocol, transport),
      memory: { read: () => api.getState(), write: (state) => api.setState(state) },
    };
  }
  const standIn = globalThis.glassboxHost;
  if (standIn === undefined) throw new Error('This page needs VS Code, or a recorded session loaded before it.');
  return {
    host: new HostClient(protocol, standIn),
    memory: {
      read: () => standIn.state,
      write: (state) => {
        standIn.state = state;
      },
    },
  };
}
