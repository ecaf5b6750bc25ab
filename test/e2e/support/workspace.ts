import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { root } from '../../support/paths';

/** A folder of its own with copies of real source files, for tests that write. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'glassbox-workspace-'));

  /** @param sources paths from the repository's root */
  constructor(sources: readonly string[]) {
    for (const source of sources) cpSync(join(root, source), join(this.folder, basename(source)));
  }

  /** @param path relative to the folder */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** The lines of a file as it lies on disk. */
  lines(name: string): string[] {
    return readFileSync(join(this.folder, name), 'utf8').split('\n');
  }

  /** Number, counted from 1, of the only line that contains a text. */
  lineOf(name: string, text: string): number {
    const found = this.lines(name).flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
    if (found.length !== 1) throw new Error(`${name} has ${found.length} lines with ${JSON.stringify(text)}, not 1.`);
    return found[0]!;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
