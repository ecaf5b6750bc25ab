/**
 * Who writes now: the local model or, once a server is named and confirmed, that server with the local model behind it. Used by
 * the feature; what asks servers is loaded with the first of them.
 */
import type { UserServer } from '../../host/servers/userServer';
import { grammarFolder } from '../../host/resources';
import type { CompletionByServer } from './byServer';
import type { Completes } from './completes';

export class Writers implements Completes {
  #server: UserServer | undefined;
  #byServer: CompletionByServer | undefined;

  /** @param root absolute path of the extension's folder */
  constructor(
    private readonly local: Completes,
    private readonly root: string,
  ) {}

  /** @returns whether another one writes from now on */
  async use(server: UserServer | undefined): Promise<boolean> {
    if (server === this.#server) return false;
    this.#server = server;
    this.#byServer?.dispose();
    this.#byServer = undefined;
    if (server === undefined) return true;
    const [{ CompletionByServer }, { EmptyBodies }, { Grammars }] = await Promise.all([
      import('./byServer'),
      import('../../stopping/emptyBodies'),
      import('../../syntax/grammars'),
    ]);
    // Another one may have been named meanwhile.
    if (this.#server !== server) return false;
    const bodies = new EmptyBodies(new Grammars(grammarFolder(this.root)));
    this.#byServer = new CompletionByServer(server, this.local, bodies);
    return true;
  }

  readonly complete: Completes['complete'] = (...asked) => (this.#byServer ?? this.local).complete(...asked);

  readonly readIn: Completes['readIn'] = (...asked) => (this.#byServer ?? this.local).readIn(...asked);

  dispose(): void {
    this.#byServer?.dispose();
  }
}
