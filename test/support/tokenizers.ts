import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Steps of a tokenizer that a group of reference cases changes. */
interface Steps {
  readonly pre_tokenizer?: unknown;
  readonly normalizer?: unknown;
  readonly ignore_merges?: boolean;
}

interface Group extends Steps {
  readonly name: string;
  readonly texts: string[];
  /** What Python's `tokenizers` makes of each text. */
  readonly ids: number[][];
}

const read = (name: string): unknown => JSON.parse(readFileSync(join('test/fixtures/tokenizer', name), 'utf8'));

/** A small byte-level BPE tokenizer with special tokens, made by test/fixtures/tokenizer/make.py. */
export const definition = read('tokenizer.json') as {
  added_tokens: { id: number; content: string; special: boolean }[];
  normalizer: unknown;
  pre_tokenizer: unknown;
  model: { vocab: Record<string, number>; merges: [string, string][] };
};

export const referenceGroups = read('cases.json') as Group[];

/** The same tokenizer with other steps. */
export function variant({ ignore_merges, ...steps }: Steps): typeof definition {
  const model = { ...definition.model, ...(ignore_merges === undefined ? {} : { ignore_merges }) };
  return { ...definition, ...steps, model };
}

/** The same tokenizer with the steps of a group. */
export function variantNamed(name: string): typeof definition {
  const group = referenceGroups.find((candidate) => candidate.name === name);
  if (!group) throw new Error(`there is no group ${name} in the reference cases`);
  const { pre_tokenizer, normalizer, ignore_merges = false } = group;
  return variant({ pre_tokenizer, normalizer, ignore_merges });
}

/** The same tokenizer without the tokens in which one of these characters of the byte alphabet occurs. */
export function withoutCharacters(characters: string): typeof definition {
  const whole = (token: string): boolean =>
    token.startsWith('<|') || !Array.from(characters).some((one) => token.includes(one));
  const { vocab, merges } = definition.model;
  return {
    ...definition,
    model: {
      ...definition.model,
      vocab: Object.fromEntries(Object.entries(vocab).filter(([token]) => whole(token))),
      merges: merges.filter((pair) => whole(pair.join(''))),
    },
  };
}
