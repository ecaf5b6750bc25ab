/**
 * Runs the program named by `BUSY_PROGRAM` in this process, so that it can be made busy: from SIGUSR2 on, its main thread
 * turns in an endless loop and hears nothing.
 */
import { createRequire } from 'node:module';

process.on('SIGUSR2', () => {
  for (;;);
});
createRequire(__filename)(process.env.BUSY_PROGRAM ?? '');
