/**
 * Writes one summary: plans the requests for whole, parts and chunks, checks each answer, and reports every change.
 * Created by the summarizer for each request.
 */
import { EngineError } from '../../ipc/engine/errors';
import { documentationText } from '../../syntax/documentation';
import { languageWithId } from '../../syntax/languages';
import type { AnswerCache } from './answerCache';
import { ExcerptBuilder, lineBreaksIn } from './excerpt';
import type { Excerpt, Lines } from './excerpt';
import type { Example } from './examples';
import { firstSentence } from './firstSentence';
import { identifiersIn, unknownNames } from './identifiers';
import { withoutOpening } from './opening';
import { chunksOf, codeOf } from './pieces';
import type { CodePiece } from './pieces';
import { codeLimit, kindFor, requestFor } from './prompts';
import type { Length, WriterFacts } from './prompts';
import { problemOf } from './quality';
import type { Similar } from './similar/similar';
import type { SummaryTarget } from './summaryTarget';
import type { Mode, SummaryPart, Sentence, Summary } from './summary';

export interface Task {
  readonly text: string;
  readonly path: string;
  readonly languageId: string;
  readonly mode: Mode;
  readonly subject: SummaryTarget;
  readonly attempt: number;
  /** Looks for a documented function like the one that is summarized. */
  readonly similar: () => Promise<Similar | undefined>;
  /** What a model that is asked in a conversation is shown before. */
  readonly examples: () => readonly Example[];
}

/** What is asked about a piece of code. */
interface Ask {
  /** What the code defines. */
  readonly name: string | undefined;
  readonly length: Length;
  /** Called with the sentence so far while it is being written. */
  readonly onChange: (sentence: Sentence) => void;
}

/** Parts that a paragraph names, at most. */
const maxParts = 12;
/** Summaries of summaries of summaries say nothing any more; what still does not fit then is cut. */
const deepest = 4;

/** One summary being written. */
export class Writing {
  #summary: Summary;
  readonly #known: ReadonlySet<string>;
  readonly #comment: string;
  #facts!: WriterFacts;
  #examples: readonly Example[] | undefined;
  /** Of the model: 0 for its first answer. */
  #attempt: number;

  constructor(
    private readonly task: Task,
    private readonly answers: AnswerCache,
    private readonly onChange: (summary: Summary) => void,
    private readonly signal: AbortSignal | undefined,
  ) {
    const { text, path, mode, subject, languageId, attempt } = task;
    this.#attempt = attempt;
    this.#known = identifiersIn(text.slice(subject.start, subject.end) + path);
    this.#comment = languageWithId(languageId)?.comments.lines[0] ?? '//';
    const first = lineAt(text, subject.start);
    this.#summary = {
      mode,
      subject,
      lines: { first, last: first + lineAt(text.slice(subject.start, subject.end).trimEnd(), Infinity) },
      main: undefined,
      parts: [],
      aside: undefined,
      facts: subject.symbol?.signature,
      progress: { done: 0, total: 1 },
      state: 'writing',
    };
  }

  begin(): void {
    this.onChange(this.#summary);
  }

  /** @returns what there is of the summary, which does not go on */
  stop(): Summary {
    this.#change({ state: 'stopped', aside: undefined });
    return this.#summary;
  }

  /** @param facts of the model, asked for where it is to write @throws {EngineError} */
  async write(facts: () => Promise<WriterFacts>, piece: CodePiece): Promise<Summary> {
    const main = await this.#fromSimilar();
    if (main === undefined) await this.#byModel(await facts(), piece);
    else this.#change({ main });
    this.#change({
      state: 'whole',
      aside: undefined,
      progress: { done: this.#summary.progress.done, total: this.#summary.progress.done },
    });
    return this.#summary;
  }

  async #byModel(facts: WriterFacts, piece: CodePiece): Promise<void> {
    this.#facts = facts;
    const { mode } = this.task;
    const length: Length = mode === 'paragraph' && kindFor(facts, 'paragraph') !== undefined ? 'paragraph' : 'sentence';
    const listed =
      mode === 'outline'
        ? piece.children
        : mode === 'paragraph' && length === 'sentence'
          ? piece.children.slice(0, maxParts)
          : [];
    // A paragraph begins with what the whole does, an outline ends with it.
    if (mode === 'outline') await this.#list(listed);
    const main = await this.#describe(piece, length, (sentence) => this.#change({ main: sentence, aside: undefined }));
    this.#change({ main });
    if (mode === 'paragraph') await this.#list(listed);
  }

  /** The first answer is the sentence of a similar function, where there is one; further answers are the model's. */
  async #fromSimilar(): Promise<Sentence | undefined> {
    const { mode, attempt, similar } = this.task;
    const found = mode === 'sentence' || mode === 'parameters' ? await similar() : undefined;
    if (found === undefined) return undefined;
    this.#attempt = attempt - 1;
    const { sentence: text, from } = found;
    return attempt > 0
      ? undefined
      : { text, source: 'similar', from, problem: undefined, unknown: unknownNames(text, this.#known), cut: false };
  }

  async #list(pieces: readonly CodePiece[]): Promise<void> {
    const { text } = this.task;
    const parts: SummaryPart[] = pieces.map((piece) => ({
      name: piece.name ?? '',
      line: lineAt(text, piece.symbol?.nameRange?.start ?? piece.start),
      sentence: undefined,
    }));
    this.#plan(pieces.filter((piece) => this.#written(piece) === undefined).length);
    for (const [index, piece] of pieces.entries()) {
      const show = (sentence: Sentence): void => {
        parts[index] = { ...(parts[index] as SummaryPart), sentence };
        this.#change({ parts: [...parts], aside: undefined });
      };
      show(await this.#sentenceOf(piece, show));
    }
  }

  /** What a part does: in its author's words where there are any. */
  async #sentenceOf(piece: CodePiece, onChange: (sentence: Sentence) => void = () => undefined): Promise<Sentence> {
    return this.#written(piece) ?? this.#describe(piece, 'sentence', onChange);
  }

  #written({ symbol }: CodePiece): Sentence | undefined {
    const documentation = symbol?.documentation;
    if (documentation === undefined) return undefined;
    const text = firstSentence(documentationText(this.task.text.slice(documentation.start, documentation.end)));
    return text === '' ? undefined : { text, source: 'documentation', problem: undefined, unknown: [], cut: false };
  }

  /** Asks the model about a piece; of one that does not fit, the summaries of its parts stand in for their code. */
  async #describe(piece: CodePiece, length: Length, onChange: (sentence: Sentence) => void): Promise<Sentence> {
    const { text, languageId } = this.task;
    const limit = this.#limit(length);
    let code = codeOf(text, piece, new Map(), this.#comment);
    if (code.text.length > limit && piece.children.length > 0) {
      this.#plan(piece.children.filter((child) => this.#written(child) === undefined).length);
      const replaced = new Map<CodePiece, string>();
      for (const child of piece.children) {
        const { text: sentence, problem } = await this.#sentenceOf(child, (said) =>
          this.#sayAside(said, child.name, this.#linesOf(child)),
        );
        replaced.set(child, problem === undefined ? sentence : '');
      }
      code = codeOf(text, piece, replaced, this.#comment);
    }
    const ask: Ask = { name: piece.name, length, onChange };
    return this.#describeText(languageId === 'python' ? code.closed() : code, ask, 0);
  }

  async #describeText(code: Excerpt, ask: Ask, depth: number): Promise<Sentence> {
    const limit = this.#limit(ask.length);
    const { text: whole } = code;
    if (whole.length <= limit || depth === deepest) return this.#ask(code.slice(0, limit), ask, whole.length > limit);
    const chunks = chunksOf(whole, this.#limit('sentence'));
    this.#plan(chunks.length);
    const told = new ExcerptBuilder();
    told.add(whole.slice(0, whole.search(/\n|$/)), () => code.origin(0));
    let count = 0;
    for (const { start, end } of chunks) {
      const chunk = code.slice(start, end);
      const lines = code.originOf(start, end);
      const onChange = (said: Sentence) => lines && this.#sayAside(said, undefined, lines);
      const { text, problem } = await this.#ask(chunk, { name: undefined, length: 'sentence', onChange }, false);
      if (problem !== undefined) continue;
      told.add(`\n${this.#comment} ${text}`, () => lines);
      count++;
    }
    // Without a sentence about any part, the model gets the beginning of the code.
    const sentence = await this.#describeText(count === 0 ? code.slice(0, limit) : told.build(), ask, depth + 1);
    return count === 0 ? { ...sentence, cut: true } : sentence;
  }

  async #ask(excerpt: Excerpt, { name, length, onChange }: Ask, cut: boolean): Promise<Sentence> {
    const kind = this.#kind(length);
    const { path } = this.task;
    const params = requestFor(this.#facts, kind, {
      path,
      name,
      code: excerpt.text,
      examples: kind === 'chat' && length === 'sentence' ? (this.#examples ??= this.task.examples()) : [],
      length,
      comment: this.#comment,
      attempt: this.#attempt,
    });
    let heard = '';
    const judged = (text: string, problem: Sentence['problem'], wasCut: boolean): Sentence => ({
      text,
      source: 'model',
      problem,
      unknown: unknownNames(text, this.#known),
      cut: wasCut,
    });
    const answer = await this.answers.ask(
      params,
      (piece) => {
        heard += piece;
        onChange(judged(withoutOpening(tidy(heard)), undefined, cut));
      },
      this.signal,
    );
    const { done, total } = this.#summary.progress;
    this.#change({ progress: { done: done + 1, total: Math.max(total, done + 1) } });
    const text = withoutOpening(tidy(answer.text));
    const { model, role, byServer } = this.#facts;
    const { promptIds, tokens } = answer;
    return {
      ...judged(text, problemOf(text, answer.finish === 'endOfMiddle' || answer.finish === 'stop'), cut || answer.cut),
      ...(byServer ? {} : { evidence: { model, role, text: answer.text, promptIds, tokens, excerpt } }),
    };
  }

  #sayAside({ text }: Sentence, name: string | undefined, lines: Lines): void {
    this.#change({ aside: { ...lines, name, text } });
  }

  #linesOf({ start, end }: CodePiece): Lines {
    const { text } = this.task;
    const first = lineBreaksIn(text.slice(0, start));
    return { first, last: first + lineBreaksIn(text.slice(start, end)) };
  }

  #kind(length: Length) {
    const kind = kindFor(this.#facts, length);
    if (kind === undefined)
      throw new EngineError('invalid', 'This model cannot be asked for text; choose another one.');
    return kind;
  }

  #limit(length: Length): number {
    return codeLimit(this.#facts, this.#kind(length), length);
  }

  /** So many more questions are to be asked. */
  #plan(count: number): void {
    const { done, total } = this.#summary.progress;
    this.#change({ progress: { done, total: total + count } });
  }

  #change(change: Partial<Summary>): void {
    this.#summary = { ...this.#summary, ...change };
    this.onChange(this.#summary);
  }
}

/** How many line breaks stand before an offset. */
function lineAt(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

const tidy = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
