/** Reads a Jupyter notebook (nbformat 3 and 4) as the text of its cells, without what they have put out; used by `content.ts`. */
import * as v from 'valibot';
import { markOf } from '../../syntax/regions';

const text = v.union([v.string(), v.array(v.string())]);
const cell = v.looseObject({
  cell_type: v.string(),
  source: v.optional(text),
  /** As `source`, before nbformat 4. */
  input: v.optional(text),
  metadata: v.optional(v.looseObject({ vscode: v.optional(v.looseObject({ languageId: v.optional(v.string()) })) })),
});
const notebook = v.looseObject({
  cells: v.optional(v.array(cell)),
  worksheets: v.optional(v.array(v.looseObject({ cells: v.array(cell) }))),
  metadata: v.optional(
    v.looseObject({
      kernelspec: v.optional(v.looseObject({ language: v.optional(v.string()) })),
      language_info: v.optional(v.looseObject({ name: v.optional(v.string()) })),
    }),
  ),
});
type Cell = v.InferOutput<typeof cell>;

/**
 * The cells one below the other, each with a line above that names its language: a cell has as many lines here as in the
 * editor, and begins one line further down for each cell that is before it.
 *
 * @param json the content of the file
 * @returns undefined where that is no notebook
 */
export function notebookText(json: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  const { success, output } = v.safeParse(notebook, parsed);
  const cells = success ? (output.cells ?? output.worksheets?.flatMap((sheet) => sheet.cells)) : undefined;
  if (!success || cells === undefined) return undefined;
  const { language_info: info, kernelspec: kernel } = output.metadata ?? {};
  const language = info?.name ?? kernel?.language ?? 'python';
  return cells.map((each) => `${markOf(languageOfCell(each, language))}${sourceOf(each)}\n`).join('');
}

function languageOfCell({ cell_type: type, metadata }: Cell, language: string): string {
  if (type === 'markdown' || type === 'heading') return 'markdown';
  return type === 'code' ? (metadata?.vscode?.languageId ?? language) : 'plaintext';
}

function sourceOf({ source, input }: Cell): string {
  const written = source ?? input ?? '';
  return (typeof written === 'string' ? written : written.join('')).replaceAll(/\r\n?/g, '\n');
}
