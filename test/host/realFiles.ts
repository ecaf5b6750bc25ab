import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/paths';

/** Where a file of the three sources lies on this machine. */
const sources = {
  express: () => join(root, 'node_modules/express'),
  zod: () => join(root, 'node_modules/zod/src'),
  python: pythonLibrary,
};

/** A place in code that no model of ours was trained on: a line as it stands there, cut at the `|`. */
export interface Position {
  readonly source: keyof typeof sources;
  readonly file: string;
  readonly line: string;
}

/** Fixed once and for all; none was chosen by what a model makes of it. */
export const positions: readonly Position[] = [
  { source: 'express', file: 'lib/application.js', line: '  this.cache = |Object.create(null);' },
  { source: 'express', file: 'lib/application.js', line: '    Object.setPrototypeOf(this.request, |parent.request)' },
  { source: 'express', file: 'lib/application.js', line: "  this.set('views', |resolve('views'));" },
  { source: 'express', file: 'lib/application.js', line: '  this.router.|handle(req, res, done);' },
  { source: 'express', file: 'lib/response.js', line: '  var req = |this.req;' },
  { source: 'express', file: 'lib/response.js', line: "    this.removeHeader('|Content-Length');" },
  { source: 'express', file: 'lib/utils.js', line: '  return types.|map(exports.normalizeType);' },
  {
    source: 'zod',
    file: 'v4/core/util.ts',
    line: '  return array.map((val) => |stringifyPrimitive(val)).join(separator);',
  },
  { source: 'zod', file: 'v4/core/util.ts', line: '  return input === null || |input === undefined;' },
  { source: 'zod', file: 'v4/core/util.ts', line: '  const ratio = |val / step;' },
  { source: 'zod', file: 'v4/core/util.ts', line: '  if (!path) return |obj;' },
  { source: 'zod', file: 'v4/core/util.ts', line: '  const keys = Object.|keys(promisesObj);' },
  { source: 'zod', file: 'v4/core/errors.ts', line: '  return lines.join(|"\\n");' },
  { source: 'python', file: 'textwrap.py', line: '        self.width = |width' },
  { source: 'python', file: 'textwrap.py', line: '            text = text.expandtabs(|self.tabsize)' },
  { source: 'python', file: 'textwrap.py', line: '        return |chunks' },
  { source: 'python', file: 'json/encoder.py', line: '        self.sort_keys = |sort_keys' },
  { source: 'python', file: 'json/encoder.py', line: "        return ''.join(|chunks)" },
  { source: 'python', file: 'queue.py', line: '        self.not_empty = threading.|Condition(self.mutex)' },
  { source: 'python', file: 'queue.py', line: '        with self.|mutex:' },
];

/** The file's text with the rest of the position's line gone, and where the cursor stands in it. */
export function openAt({ source, file, line }: Position): { text: string; line: number; character: number } {
  // The last bar: code may hold `||` before the cursor.
  const character = line.lastIndexOf('|');
  const whole = line.slice(0, character) + line.slice(character + 1);
  const lines = readFileSync(join(sources[source](), file), 'utf8').split('\n');
  const at = lines.indexOf(whole);
  if (at < 0) throw new Error(`${file} has no line ${JSON.stringify(whole)}.`);
  lines[at] = line.slice(0, character);
  return { text: lines.join('\n'), line: at, character };
}

/** The library of the system's Python, or of the one that is found first. */
function pythonLibrary(): string {
  const system = globSync('/usr/lib/python3.*/textwrap.py').sort().at(-1);
  if (system !== undefined) return join(system, '..');
  const script = 'import sysconfig; print(sysconfig.get_path("stdlib"))';
  return execFileSync(process.platform === 'win32' ? 'python' : 'python3', ['-c', script], { encoding: 'utf8' }).trim();
}
