import { HttpClient } from '../../src/servers/http/client';
import { startFakeServer } from './fakeServer';
import type { Behaviour, FakeKind, FakeServer } from './fakeServer';

/** A server, and what asks it. */
export interface Served {
  readonly server: FakeServer;
  readonly http: HttpClient;
}

/**
 * For suites whose tests start a server each; it is closed behind the test.
 *
 * @param started called with each
 * @returns starts one
 */
export function useFakeServer(
  started: (served: Served) => void,
): (kind: FakeKind, behaviour?: Behaviour) => Promise<void> {
  let served: Served | undefined;
  afterEach(async () => {
    served?.http.dispose();
    await served?.server.close();
    served = undefined;
  });
  return async (kind, behaviour) => {
    const server = await startFakeServer(kind, behaviour);
    served = { server, http: new HttpClient({ address: server.address }) };
    started(served);
  };
}
