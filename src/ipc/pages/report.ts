/**
 * A page of facts in tables with buttons below its title, and what it and its host say to each other: *Diagnose* and the
 * trial of a model are such pages. Texts are finished sentences and figures; the page translates none of them.
 */
import * as v from 'valibot';
import type { PageProtocol } from './protocol';

const row = v.strictObject({
  name: v.string(),
  /** One for each column; fewer where there is nothing to say. */
  values: v.array(v.string()),
});

const section = v.strictObject({
  title: v.string(),
  /** What stands above each column of values, where there is more than one. */
  columns: v.optional(v.array(v.string())),
  rows: v.array(row),
});
export type ReportSection = v.InferOutput<typeof section>;

const action = v.strictObject({
  id: v.string(),
  label: v.string(),
  /** The one that is most likely wanted. */
  isMain: v.optional(v.boolean()),
});
export type ReportAction = v.InferOutput<typeof action>;

const report = v.strictObject({
  title: v.string(),
  /** One sentence: what this is. */
  summary: v.string(),
  sections: v.array(section),
  actions: v.array(action),
  /** What is being done, while something is; one sentence. */
  working: v.optional(v.string()),
});
/** All that such a page shows. */
export type Report = v.InferOutput<typeof report>;

export const reportProtocol = {
  requests: {
    report: { params: v.strictObject({}), result: report },
    /** A button was pressed. @returns what to say about it, to those who do not see it happen, too */
    act: { params: v.strictObject({ id: v.string() }), result: v.strictObject({ said: v.optional(v.string()) }) },
  },
  notifications: {},
  events: {
    /** There is another report than before. */
    changed: v.strictObject({}),
  },
} satisfies PageProtocol;
export type ReportProtocol = typeof reportProtocol;

/** The same as Markdown, to be pasted into an issue. */
export function reportMarkdown({ title, sections }: Pick<Report, 'title' | 'sections'>): string {
  const parts = sections.map(({ title: heading, columns = [''], rows }) => {
    const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
    const wide = (values: readonly string[]): string[] => columns.map((_, index) => values[index] ?? '');
    const table = [
      line(['', ...columns]),
      `|${' --- |'.repeat(columns.length + 1)}`,
      ...rows.map(({ name, values }) => line([name, ...wide(values)])),
    ];
    return `### ${heading}\n\n${table.join('\n')}\n`;
  });
  return [`## ${title}\n`, ...parts].join('\n');
}

/** Text that ends no cell of a table and is no markup there. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|<>`*_[\]]/g, '\\$&');
}
