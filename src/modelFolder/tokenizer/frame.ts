/**
 * Reads which special tokens a tokenizer puts before and after a text; used by encoders, encoder-decoders and their
 * attention. Unknown post-processors give an empty frame.
 */
import * as v from 'valibot';

/** Special tokens around a text, by their ids. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const pair = v.looseTuple([v.string(), id]);
/** BERT and RoBERTa have names of their own for the same: one token in front, one behind. */
const around = v.object({ type: v.picklist(['BertProcessing', 'RobertaProcessing']), cls: pair, sep: pair });
const piece = v.union([v.object({ SpecialToken: v.object({ id: v.string() }) }), v.object({ Sequence: v.object({}) })]);
const template = v.object({
  type: v.literal('TemplateProcessing'),
  single: v.array(piece),
  special_tokens: v.record(v.string(), v.object({ ids: v.array(id) })),
});
const sequence = v.object({ type: v.literal('Sequence'), processors: v.array(v.unknown()) });
const processed = v.object({ post_processor: v.unknown() });

/** The special tokens that a tokenizer puts around a single text, read from the content of its `tokenizer.json`. */
export function readFrame(tokenizerJson: unknown): Frame {
  const processor = v.is(processed, tokenizerJson) ? tokenizerJson.post_processor : undefined;
  const steps = v.is(sequence, processor) ? processor.processors : [processor];
  const frames = steps.map(frameOf);
  return { before: frames.toReversed().flatMap(({ before }) => before), after: frames.flatMap(({ after }) => after) };
}

function frameOf(step: unknown): Frame {
  if (v.is(around, step)) return { before: [step.cls[1]], after: [step.sep[1]] };
  if (!v.is(template, step)) return { before: [], after: [] };
  const at = step.single.findIndex((part) => 'Sequence' in part);
  const idsOf = (parts: typeof step.single) =>
    parts.flatMap((part) => ('SpecialToken' in part ? (step.special_tokens[part.SpecialToken.id]?.ids ?? []) : []));
  return { before: idsOf(step.single.slice(0, Math.max(0, at))), after: idsOf(step.single.slice(at + 1)) };
}
