/**
 * Looks for servers: at one address, or where programs that serve models usually listen on this machine. Used by *Use a
 * Server…*, after the user has said that it may look. What is asked is what a server is; no text of the user's is sent.
 */
import { ServerError } from '../../../servers/errors';
import type { HttpClient } from '../../../servers/http/client';
import { knownPorts } from '../../../servers/knownPorts';
import { probeServer } from '../../../servers/probe';
import type { ServerDescription } from '../../../servers/probe';

/** A server that has answered. */
export interface FoundServer {
  /** As the settings take it. */
  readonly address: string;
  readonly description: ServerDescription;
}

/** @returns undefined where the user does not want the address asked */
export type OpenClient = (address: string) => Promise<HttpClient | undefined>;

/** Where programs listen on this machine unless they are told otherwise, without what the same port has twice. */
export const usualAddresses: readonly string[] = [
  ...new Set(knownPorts.map(({ address }) => address.origin + address.basePath)),
];

/**
 * Asks one address what is there.
 *
 * @returns undefined where the user does not want it asked
 * @throws {ServerError} where no server answers that is understood
 */
export async function lookAt(address: string, open: OpenClient, signal: AbortSignal): Promise<FoundServer | undefined> {
  const http = await open(address);
  if (http === undefined) return undefined;
  try {
    return { address, description: await probeServer(http, signal) };
  } finally {
    http.dispose();
  }
}

/**
 * Asks the usual addresses all at once. The first is opened before the others, since opening it may ask the user, whose
 * answer holds for all of loopback.
 *
 * @param onFound called with each that answers, as soon as it does
 * @returns undefined where the user declined; otherwise `done`, which resolves when all have answered or failed
 */
export async function lookOnThisMachine(
  open: OpenClient,
  signal: AbortSignal,
  onFound: (found: FoundServer) => void,
  addresses: readonly string[] = usualAddresses,
): Promise<{ readonly done: Promise<void> } | undefined> {
  const [first, ...others] = addresses;
  if (first === undefined) return undefined;
  const opened = await open(first);
  if (opened === undefined) return undefined;
  const ask = async (address: string, openAt: OpenClient): Promise<void> => {
    try {
      const found = await lookAt(address, openAt, signal);
      if (found !== undefined && !signal.aborted) onFound(found);
    } catch (error) {
      // Nothing listens there, or something that is no server of models.
      if (!(error instanceof ServerError) && !signal.aborted) throw error;
    }
  };
  const asked = [ask(first, () => Promise.resolve(opened)), ...others.map((address) => ask(address, open))];
  return { done: Promise.all(asked).then(() => undefined) };
}
