/**
 * Writes and validates links to a view of attention on a stretch of a file. Used by the inspector and its feature;
 * paths that lead out of the workspace are refused.
 */
import * as v from 'valibot';

/** A view of a stretch of a file, in a form that can be shared. */
const link = v.strictObject({
  /** Path within its workspace folder, with `/`: the receiver's folder lies elsewhere. */
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
  /** UTF-16 offsets, line ends counted as one. */
  start: v.pipe(v.number(), v.integer(), v.minValue(0)),
  end: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** What the page shows of it; the page checks it. */
  state: v.pipe(v.string(), v.maxLength(2000)),
});
export type AttentionLink = v.InferOutput<typeof link>;

/** The query of a link's address. */
export function writeLink({ path, start, end, state }: AttentionLink): string {
  return new URLSearchParams({ path, start: String(start), end: String(end), state }).toString();
}

/** @returns undefined where the query is none that {@link writeLink} wrote, or leads out of the workspace */
export function readLink(query: string): AttentionLink | undefined {
  const parameters = new URLSearchParams(query);
  const raw = {
    path: parameters.get('path'),
    start: Number(parameters.get('start') ?? NaN),
    end: Number(parameters.get('end') ?? NaN),
    state: parameters.get('state') ?? '',
  };
  const parsed = v.safeParse(link, raw);
  if (!parsed.success || parsed.output.start >= parsed.output.end) return undefined;
  const leadsOut = /^[/\\]|^[a-z]:|\\/i.test(parsed.output.path) || parsed.output.path.split('/').includes('..');
  return leadsOut ? undefined : parsed.output;
}
