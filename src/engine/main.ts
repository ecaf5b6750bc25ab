/**
 * The engine process: it serves models, tries one on an accelerator, packs one's weights, or converts one, as its arguments say. Forked by
 * `EngineClient` and by itself; the only program that loads native code.
 */
import { parseArgs } from 'node:util';
import { guardProcess } from '../ipc/process/guard';
import { die, dieOfUncaught } from '../ipc/process/self';
import { convertAndEnd } from './conversion/convertProcess';
import { lowerPriority } from './machine/lowerPriority';
import { probeAndEnd } from './machine/probe';
import { packAndEnd } from './packing/packProcess';
import { serve } from './server/serve';

/** The thread that answers steps every 30 ms. */
const watched = [{ name: 'main thread', silentS: 10 }] as const;

function main(): void {
  if (process.send === undefined) die('The engine is started by Glassbox and cannot be run alone.');
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      threads: { ...text, default: '0' },
      backend: { ...text, default: 'auto' },
      device: { ...text, default: 'auto' },
      'unload-after': { ...text, default: '0' },
      cache: text,
      lost: text,
      background: { type: 'boolean', default: false },
      probe: text,
      pack: text,
      form: text,
      convert: text,
      out: text,
    },
  });
  if (values.background) lowerPriority();
  const pulse = guardProcess(watched);
  // What the process is for is one long native call in both of these.
  if (values.pack !== undefined || values.probe !== undefined) pulse.begin();
  if (values.convert !== undefined) convertAndEnd(values.convert, values.out);
  else if (values.pack !== undefined) packAndEnd(__filename, values.pack, values.form, values.cache);
  else if (values.probe !== undefined)
    probeAndEnd(values.probe, values.device, { threads: values.threads, cache: values.cache });
  else serve(__filename, values, pulse);
}

dieOfUncaught();
main();
