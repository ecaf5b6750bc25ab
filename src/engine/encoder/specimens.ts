/**
 * Sample texts on which the encoder's `open.ts` compares rounded and exact vectors: code, prose, JSON and several
 * scripts, short and long.
 */

/** Texts of the kinds that are searched and asked for: short and long, code, prose and neither, several scripts. */
export const specimens: readonly string[] = [
  'parse a date',
  'where is the retry with an exponential back-off, and how often does it try?',
  'MAX_CONNECTIONS = 64',
  '{ "name": "demo", "private": true, "files": ["dist"], "engines": { "node": ">=22" } }',
  '# Install\n\nRun the installer, then open a new terminal. Proxy settings are read from the environment.\n',
  'def mean(values):\n    """Arithmetic mean; 0 of nothing."""\n    return sum(values) / len(values) if values else 0.0\n',
  '// größte Zahl, 最大値, самое большое\nconst largest = (xs: number[]) => Math.max(...xs);\n',
  'export async function withRetry<T>(work: () => Promise<T>, attempts = 5): Promise<T> {\n' +
    '  for (let attempt = 1; ; attempt++) {\n    try {\n      return await work();\n    } catch (error) {\n' +
    '      if (attempt === attempts) throw error;\n      await sleep(2 ** attempt * 100 + Math.random() * 50);\n    }\n  }\n}\n',
];
