/** A host that starts an engine, prints its process id and then does nothing: to be killed. */
import { EngineClient } from '../../src/ipc/engine/client';

const [modulePath = ''] = process.argv.slice(2);
const client = new EngineClient({ modulePath, threads: () => 1, log: () => undefined });

void client.request('status', {}, { priority: 'completion' }).then(() => {
  if (client.state.kind === 'ready') process.stdout.write(`${client.state.pid}\n`);
});
