import { chmodSync } from 'node:fs';

/**
 * Root may do everything: what is said of rights is tried as another user.
 *
 * @param root absolute path of a folder that the user may read, unless it is already one that only reads
 */
export async function asNobody<Result>(root: string, work: () => Result | Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return await work();
  chmodSync(root, 0o755);
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
