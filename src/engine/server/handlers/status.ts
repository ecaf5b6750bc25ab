/** `status`: what is open, how much memory it takes, and what it runs on. */
import { runtimeVersion } from '../../runtime/version';
import type { Handler, HandlerTools } from './handler';

export const status =
  ({ models, threads, devices }: HandlerTools): Handler<'status'> =>
  async () => ({
    models: models.paths,
    residentBytes: process.memoryUsage.rss(),
    threads,
    runtime: runtimeVersion(),
    ...(devices && { devices: await devices.report() }),
    ...(devices?.failure !== undefined && { acceleratorFailure: devices.failure }),
    accelerators: (await models.open()).flatMap((model) => model.accelerator?.() ?? []),
  });
