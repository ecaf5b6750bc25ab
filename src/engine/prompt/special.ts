/**
 * Resolves a decoder folder's special tokens to ids, with the stop ids and the ids never generated; used by
 * `layout.ts`, `documentation.ts` and `generate.ts`.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder, SpecialToken } from '../../modelFolder/layouts/types';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';

/** The ids of the tokens that steer a model, by the roles that its folder gives them. */
export class SpecialIds {
  readonly #byRole: ReadonlyMap<SpecialToken, number>;
  /** Generation ends at these. */
  readonly stopIds: ReadonlySet<number>;
  /** Ids that stand for no text and must never be generated. */
  readonly forbiddenIds: readonly number[];

  /** @throws {EngineError} `modelInvalid` where the tokenizer lacks a token that the folder names */
  constructor(
    private readonly folder: Pick<DecoderFolder, 'name' | 'tokens' | 'stopTokens' | 'vocabularySize'>,
    tokenizer: Pick<Tokenizer, 'special' | 'specialIds' | 'vocabularySize'>,
  ) {
    const idOf = (text: string): number => {
      const id = tokenizer.special(text);
      if (id === undefined)
        throw new EngineError(
          'modelInvalid',
          `The tokenizer of ${folder.name} has no special token ${text}; copy the tokenizer that belongs to the model.`,
        );
      return id;
    };
    this.#byRole = new Map(Object.entries(folder.tokens).map(([role, text]) => [role as SpecialToken, idOf(text)]));
    const stopIds = new Set(folder.stopTokens.map(idOf));
    this.stopIds = stopIds;
    const beyond = Math.max(0, folder.vocabularySize - tokenizer.vocabularySize);
    this.forbiddenIds = [
      ...tokenizer.specialIds.filter((id) => !stopIds.has(id)),
      ...Array.from({ length: beyond }, (_, i) => tokenizer.vocabularySize + i),
    ];
  }

  get(role: SpecialToken): number | undefined {
    return this.#byRole.get(role);
  }

  has(role: SpecialToken): boolean {
    return this.#byRole.has(role);
  }

  /** @throws {EngineError} `modelInvalid` where the folder names none */
  need(role: SpecialToken): number {
    const id = this.#byRole.get(role);
    if (id === undefined)
      throw new EngineError(
        'modelInvalid',
        `${this.folder.name} names no token "${role}", which its prompt layout needs; choose another model.`,
      );
    return id;
  }
}
