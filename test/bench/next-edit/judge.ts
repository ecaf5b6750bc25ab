/**
 * A decoder as the judge of proposed edits, in this process: asked as the editor has the engine ask it. What it said is noted in a
 * file, so that a measurement that was ended goes on, and another rule can be measured without asking again.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { Likelihoods } from '../../../src/engine/completion/likelihood';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { openDecoderFolder } from '../../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../../src/modelFolder/tokenizer/tokenizer';
import type { JudgedTexts, Judgement } from '../../../src/nearby/edits/judgement';

export interface AskedJudge {
  readonly kind: 'judgement';
  readonly key: string;
  readonly judgement: Judgement;
  readonly ms: number;
}

/** A place that is proposed again is judged once. */
export const keyOf = ({ before, old, now, behind }: JudgedTexts): string =>
  createHash('sha1')
    .update(JSON.stringify([before, old, now, behind]))
    .digest('base64url');

export class Judge {
  readonly #known = new Map<string, AskedJudge>();
  #likelihoods: Promise<{ likelihoods: Likelihoods; decoder: Decoder }> | undefined;

  /** @param file keeps what was said; @param model its folder */
  constructor(
    private readonly file: string,
    private readonly model = path.join('dist', 'models', 'decoder'),
  ) {
    const noted = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    for (const one of noted.map((line) => JSON.parse(line) as AskedJudge | { kind: 'other' }))
      if (one.kind === 'judgement') this.#known.set(one.key, one);
  }

  /** What was said already. */
  known(key: string): Judgement | undefined {
    return this.#known.get(key)?.judgement;
  }

  /** Milliseconds that each place took, in order of size. */
  get times(): number[] {
    return Array.from(this.#known.values(), ({ ms }) => ms).sort((a, b) => a - b);
  }

  async of(texts: JudgedTexts): Promise<Judgement> {
    const key = keyOf(texts);
    const known = this.known(key);
    if (known) return known;
    const { likelihoods } = await (this.#likelihoods ??= this.#open());
    const start = performance.now();
    const { before, old, now, behind } = texts;
    const [first, second] = await likelihoods.of({ before, texts: [old, now], behind }, () =>
      Promise.resolve(undefined),
    );
    const asked: AskedJudge = {
      kind: 'judgement',
      key,
      judgement: { old: first!, now: second! },
      ms: performance.now() - start,
    };
    this.#known.set(key, asked);
    await appendFile(this.file, `${JSON.stringify(asked)}\n`);
    return asked.judgement;
  }

  async #open(): Promise<{ likelihoods: Likelihoods; decoder: Decoder }> {
    const folder = await openDecoderFolder(path.resolve(this.model));
    const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    const decoder = await Decoder.open(folder, { threads: 0 });
    return { likelihoods: new Likelihoods(folder, tokenizer, decoder), decoder };
  }

  async dispose(): Promise<void> {
    await (await this.#likelihoods)?.decoder.dispose();
  }
}
