/**
 * Completion by a model that does not see what stands behind the cursor: several of its texts and a copy are compared by
 * how probable the lines behind are with each; used by `copying/completion.ts`. Lines only: blocks cost too much.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { Step } from '../../common/step';
import type { AlternativeText, CompleteParams, CompleteResult, Priority } from '../../ipc/engine/protocol';
import type { CompletionModel } from './completionModel';
import type { Copy } from './copying/copy';
import { unknownFollowing } from './following';
import type { FollowingText } from './following';
import { leastLogprob, logOfBoth, rerank } from './reranking';
import type { RankingEvidence } from './reranking';

/**
 * A text that is so much less probable than the best is not worth its time: of 242 places, less likely ones
 * among the texts get one more right, and cost half as much again. Difference of natural logarithms.
 */
const maxBehind = 1;

/** A text that may be proposed. */
export interface Candidate {
  readonly text: string;
  readonly evidence: RankingEvidence;
  /** As it is proposed; its confidence is that of its writer. */
  readonly proposal: AlternativeText & Pick<CompleteResult, 'copied'>;
}

/** What there is to choose from, and what was run for it. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly run: Pick<CompleteResult, 'promptIds' | 'timings'>;
}

/** What the model wrote, its first choice first, and what was run for it. */
interface WrittenTexts {
  readonly written: readonly AlternativeText[];
  readonly run: Candidates['run'];
}

/** Chooses between the texts of a model and a copy. */
export class RerankedCompletion {
  constructor(
    private readonly model: Pick<CompletionModel, 'complete' | 'propose'>,
    private readonly following: Pick<FollowingText, 'behind'>,
  ) {}

  /**
   * See `CompletionModel.complete`; `confidence` is the fitted probability that the chosen text is what a programmer would
   * have written. Where nothing is written, so is nothing here. Where the model's first text is given up, nothing is
   * compared: the copy is proposed, as sure as it is by itself. (`npm run bench -- reranking`: as many right
   * texts are shown as with comparing, and fewer wrong ones.)
   *
   * @param copy one that is not sure enough to be proposed unseen
   */
  async complete(
    params: CompleteParams,
    copy: Copy | undefined,
    step: Step,
    sequence?: Priority,
  ): Promise<CompleteResult> {
    const texts = await this.#write(params, copy, step, sequence);
    const [first] = texts.written;
    if (first?.finish === 'unlikely') return { ...(copy ? this.model.propose(params, copy) : first), ...texts.run };
    const { candidates, run } = await this.#compare(params, { ...texts, copy }, step, sequence);
    const best = rerank(candidates.map(({ evidence }) => evidence));
    const chosen = best && candidates[best.index];
    if (!chosen) return { ...nothing, ...run, ...(params.alternatives !== undefined && { alternatives: [] }) };
    const others = candidates.filter((one) => one !== chosen).map(({ proposal: { copied: _, ...text } }) => text);
    return {
      ...chosen.proposal,
      confidence: best.confidence,
      ...run,
      ...(params.alternatives !== undefined && { alternatives: others.slice(0, params.alternatives) }),
    };
  }

  /** @throws {EngineError} as `CompletionModel.complete`; `deadline` only where there is no copy either */
  async candidates(
    params: CompleteParams,
    copy: Copy | undefined,
    step: Step,
    sequence?: Priority,
  ): Promise<Candidates> {
    const texts = await this.#write(params, copy, step, sequence);
    return this.#compare(params, { ...texts, copy }, step, sequence);
  }

  async #compare(
    params: CompleteParams,
    { written, run, copy }: WrittenTexts & { readonly copy: Copy | undefined },
    step: Step,
    sequence: Priority | undefined,
  ): Promise<Candidates> {
    const copied = copy && this.model.propose(params, copy);
    const texts = new Map<string, Omit<Candidate, 'evidence'> & { logprob: number }>();
    for (const proposal of copied ? [...written, copied] : written) {
      const key = proposal.text.trim();
      const same = texts.get(key);
      const logprob = proposal.logprob;
      if (same) same.logprob = logOfBoth(same.logprob, logprob);
      else if (key !== '') texts.set(key, { text: proposal.text, proposal, logprob });
    }
    const all = [...texts.values()];
    const followings = await this.#behind(
      params,
      all.map(({ text }) => text),
      step,
      sequence,
    );
    const candidates = all.map(({ text, proposal, logprob }, at) => {
      const { followed, followingTokens } = followings[at] ?? unknownFollowing;
      return { text, proposal, evidence: { logprob, followed, followingTokens, isCopied: 'copied' in proposal } };
    });
    return { candidates, run };
  }

  async #write(
    params: CompleteParams,
    copy: Copy | undefined,
    step: Step,
    sequence: Priority | undefined,
  ): Promise<WrittenTexts> {
    const { alternatives: asked, candidates = 1, minConfidence = 0 } = params;
    const wanted = Math.max(asked ?? 0, candidates - 1);
    try {
      const {
        alternatives = [],
        promptIds,
        timings,
        copied: _,
        ...first
      } = await this.model.complete(
        { ...params, alternatives: wanted },
        step,
        () => undefined,
        sequence,
        // Who asks for others takes improbable ones, too.
        { least: leastLogprob(minConfidence), maxBehind: asked === undefined ? maxBehind : Infinity },
      );
      return { written: [first, ...alternatives], run: { promptIds, timings } };
    } catch (error) {
      if (!copy || !(error instanceof EngineError && error.code === 'deadline')) throw error;
      const { promptIds, timings } = this.model.propose(params, copy);
      return { written: [], run: { promptIds, timings } };
    }
  }

  /**
   * Where time has run out, nothing is known of what follows, nor where there is nothing to choose between: it says little of how
   * sure a text is (of 325 places that weights were fitted to, as many right texts are shown without, and two more wrong ones).
   */
  async #behind(
    params: CompleteParams,
    texts: readonly string[],
    step: Step,
    sequence: Priority | undefined,
  ): ReturnType<FollowingText['behind']> {
    if (texts.length < 2) return texts.map(() => unknownFollowing);
    try {
      return await this.following.behind(params, texts, step, sequence);
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'deadline')) throw error;
      return texts.map(() => unknownFollowing);
    }
  }
}

const nothing: AlternativeText = { text: '', tokens: [], logprob: 0, confidence: 0, finish: 'stop' };
