import { PackedGraphs } from '../../src/engine/weightCache/packedGraphs';
import type { PackedSubject } from '../../src/engine/weightCache/packedGraphKey';

/** Packed graphs of a folder for one made-up machine, what was missing, and what was logged. */
export function packedGraphs(
  folder: string,
  environment = 'this machine',
): { graphs: PackedGraphs; missing: PackedSubject[]; lines: string[] } {
  const missing: PackedSubject[] = [];
  const lines: string[] = [];
  const graphs = new PackedGraphs({
    folder,
    environment: () => environment,
    minBytes: 0,
    onMissing: (subject) => missing.push(subject),
    log: (line) => lines.push(line),
  });
  return { graphs, missing, lines };
}
