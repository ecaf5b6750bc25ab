/**
 * Builds a captured sequence (ids, texts, ranges, segments) from the parts of a model's input, and splits completion
 * prompts into parts; used by `decoderAttention.ts` and `encoderSequences.ts`.
 */
import type { CapturedSequence, SequenceSegment, SegmentKind } from '../../ipc/engine/messages/attention';

/** The ids of a piece of a model's input, and what it is. */
export interface SequencePart {
  readonly kind: SegmentKind;
  readonly ids: ArrayLike<number>;
}

export interface TokenTexts {
  /** Decodes token by token; text is handed out once its code points are whole. */
  stream(): { push(id: number): string; end(): string };
}

/** Joins parts to a sequence. Each is decoded for itself; empty ones are left out. */
export function sequenceOf(parts: readonly SequencePart[], tokenizer: TokenTexts): CapturedSequence {
  const ids: number[] = [];
  const texts: string[] = [];
  const ranges: number[] = [];
  const segments: SequenceSegment[] = [];
  let text = '';
  for (const part of parts) {
    if (part.ids.length === 0) continue;
    const [from, start] = [ids.length, text.length];
    const stream = tokenizer.stream();
    // Tokens that end within a character wait for the one that ends with it, and share its range.
    let waiting = 0;
    const settle = (): void => {
      const begin = ranges.at(-1) ?? 0;
      for (; waiting > 0; waiting--) ranges.push(begin, text.length);
    };
    for (const id of Array.from(part.ids)) {
      const piece = part.kind === 'special' ? '' : stream.push(id);
      ids.push(id);
      texts.push(piece);
      text += piece;
      waiting++;
      if (piece !== '' || part.kind === 'special') settle();
    }
    const rest = stream.end();
    text += rest;
    if (rest !== '') texts.push((texts.pop() ?? '') + rest);
    settle();
    segments.push({ kind: part.kind, from, to: ids.length, start, end: text.length });
  }
  return { ids: Int32Array.from(ids), texts, text, ranges: Uint32Array.from(ranges), segments };
}

/** What follows a special token, by its role in the model's prompts. */
const following: Partial<Record<string, SegmentKind>> = {
  file: 'path',
  suffix: 'suffix',
  prefix: 'prefix',
  rest: 'rest',
  middle: 'generated',
  doc: 'generated',
  beginOfText: 'text',
};

/**
 * Finds the parts of a prompt by its special tokens, as docs/model-folder.md writes prompts.
 *
 * @param roles names of the special tokens, by id
 * @param endsLine whether a token holds a line break: the first one behind the token of a file ends its path
 */
export function partsOf(
  promptIds: ArrayLike<number>,
  generatedIds: ArrayLike<number>,
  roles: ReadonlyMap<number, string>,
  endsLine: (id: number) => boolean,
): SequencePart[] {
  const parts: { kind: SegmentKind; ids: number[] }[] = [];
  let kind: SegmentKind = 'text';
  const add = (wanted: SegmentKind, id: number): void => {
    const last = parts.at(-1);
    if (last?.kind === wanted) last.ids.push(id);
    else parts.push({ kind: wanted, ids: [id] });
  };
  for (const id of Array.from(promptIds)) {
    const role = roles.get(id);
    if (role === undefined) {
      add(kind, id);
      if (kind === 'path' && endsLine(id)) kind = 'context';
    } else {
      add('special', id);
      kind = following[role] ?? kind;
    }
  }
  for (const id of Array.from(generatedIds)) add(roles.has(id) ? 'special' : 'generated', id);
  return parts;
}
