/**
 * Learns from what becomes of suggestions: follows them through the editor's events, counts, keeps the numbers in a file and
 * moves the least confidence for each language. Created by the feature; nothing that a key press waits for is done here.
 */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../../../common/errorMessage';
import { Listeners } from '../../../common/listeners';
import type { LearnedConfidence } from '../../../host/activity';
import type { Services } from '../../../host/services';
import type { Suggestion } from '../suggestions';
import { fitCalibration, leastJudged, learnedThreshold } from './calibration';
import type { CalibrationFit } from './calibration';
import { KeptTexts } from './keptTexts';
import { OutcomeTracker } from './outcomes';
import type { SuggestionOutcome } from './outcomes';
import { fold, merged, noStatistics, withoutJudgements } from './statistics';
import type { LearningEvent, Stage, SuggestionStatistics } from './statistics';
import { StatisticsFile } from './statisticsFile';

/** Numbers are written together, so many milliseconds after the first of them. */
const writeAfterMs = 30_000;

/** The name of the file with the numbers, in the folder that all workspaces share. */
export const statisticsFileName = 'suggestions.json';

/** A suggestion that was handed to the editor. */
export interface Offered {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  readonly item: vscode.InlineCompletionItem;
  readonly suggestion: Suggestion;
  /** From the editor's question to the answer, milliseconds. */
  readonly ms: number;
  /** Whether the engine was asked for this position; else the text was known, or being written. */
  readonly isNew: boolean;
}

/** Follows suggestions and counts, while the setting wants it. */
export class Learning implements vscode.Disposable {
  readonly #file: StatisticsFile;
  readonly #kept = new KeptTexts<SuggestionOutcome['offer']>(({ about, look, unchanged, mostly }) => {
    const { languageId, confidence } = about;
    this.#count({ kind: 'kept', languageId, look, unchanged, mostly });
    // What was taken and written anew at once was not right.
    if (look === 0) this.#count({ kind: 'judged', languageId, confidence, right: mostly });
  });
  readonly #tracker = new OutcomeTracker((outcome) => this.#ended(outcome));
  readonly #listeners = new Listeners();
  /** Called when numbers were added or removed. */
  readonly onDidChange = this.#listeners.add;
  readonly #subscriptions: vscode.Disposable;
  /** What was counted since the file was last written. */
  #since = noStatistics();
  #fits = new Map<string, CalibrationFit>();
  #isWanted: boolean;
  #loading = false;
  #writing: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(private readonly services: Pick<Services, 'activity' | 'configuration' | 'log' | 'shared'>) {
    this.#file = new StatisticsFile(join(services.shared, statisticsFileName));
    this.#isWanted = services.configuration.read().completionLearning;
    services.activity.update({ learned: (languageId, wanted) => this.learned(languageId, wanted) });
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const uri = document.uri.toString();
        if (uri === this.#tracker.document) this.#tracker.edited(uri, contentChanges, performance.now());
        if (this.#kept.size > 0) this.#kept.edited(uri, contentChanges);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor: { document }, selections: [selection] }) => {
        const uri = document.uri.toString();
        if (uri === this.#tracker.document && selection)
          this.#tracker.moved(uri, document.offsetAt(selection.active), performance.now());
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.#tracker.close(performance.now());
        this.#load();
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#kept.closed(uri.toString())),
      services.configuration.onDidChange(() => {
        this.#isWanted = services.configuration.read().completionLearning;
        if (!this.#isWanted) this.#forget();
      }),
    );
  }

  /** Takes note of a suggestion that the editor was given. */
  offered({ document, position, item, suggestion, ms, isNew }: Offered): void {
    if (!this.#isWanted) return;
    const { result } = suggestion.written;
    this.#count({ kind: 'took', ms: isNew ? timesOf(result, ms) : { known: ms } });
    const before = item.range && document.getText(new vscode.Range(item.range.start, position));
    const text = item.insertText as string;
    if (before === undefined || !text.startsWith(before)) return;
    this.#tracker.offered(
      {
        id: suggestion.id,
        document: document.uri.toString(),
        languageId: document.languageId,
        offset: document.offsetAt(position),
        text: text.slice(before.length),
        confidence: suggestion.confidence,
      },
      performance.now(),
    );
  }

  /** The editor says that a suggestion was taken. */
  accepted(id: number): void {
    this.#tracker.accepted(id);
  }

  /** How sure a suggestion has to be in a language. @param wanted 0…1, by the setting */
  threshold(languageId: string, wanted: number): number {
    if (!this.#isWanted) return wanted;
    this.#load();
    const fit = this.#fits.get(languageId);
    return fit ? learnedThreshold(wanted, fit) : wanted;
  }

  /** The same with what it stands on; undefined where nothing was learned. */
  learned(languageId: string, wanted: number): LearnedConfidence | undefined {
    this.#load();
    const fit = this.#fits.get(languageId);
    return fit && fit.judged >= leastJudged
      ? { wanted, learned: learnedThreshold(wanted, fit), judged: fit.judged }
      : undefined;
  }

  /** All numbers: what other windows have written, and what was counted here since. */
  async statistics(): Promise<SuggestionStatistics> {
    return merged(await this.#file.read(), this.#since);
  }

  /** Thresholds are those of the settings again; what was counted besides stays. @throws {Error} of the file system */
  async reset(): Promise<void> {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    const counted = this.#since;
    this.#since = noStatistics();
    this.#use(await this.#file.change((before) => withoutJudgements(merged(before, counted))));
  }

  /** Nothing is kept any more. @throws {Error} of the file system */
  async delete(): Promise<void> {
    this.#forget();
    await this.#file.remove();
    this.#use(noStatistics());
  }

  dispose(): void {
    clearTimeout(this.#looking);
    this.#tracker.close(performance.now());
    this.#kept.clear();
    this.#subscriptions.dispose();
    if (this.#writing !== undefined) void this.#write();
  }

  #ended({ offer, fate, words, lines, keysSaved, inserted }: SuggestionOutcome): void {
    const { languageId, confidence, document } = offer;
    this.#count({ kind: 'outcome', languageId, fate, words, lines, keysSaved });
    if (fate === 'typedOut' || fate === 'typedOver')
      this.#count({ kind: 'judged', languageId, confidence, right: fate === 'typedOut' });
    // Part of a text says little of how sure the whole was.
    if (inserted && fate === 'taken') this.#kept.add(offer, document, inserted, performance.now());
    this.#lookLater();
  }

  #lookLater(): void {
    clearTimeout(this.#looking);
    const { nextLook } = this.#kept;
    if (nextLook === undefined) return;
    this.#looking = setTimeout(
      () => {
        this.#kept.lookAt(performance.now(), textOf);
        this.#lookLater();
      },
      Math.max(0, nextLook - performance.now()) + 1,
    );
  }

  #count(event: LearningEvent): void {
    this.#since = fold(this.#since, event);
    this.#writing ??= setTimeout(() => void this.#write(), writeAfterMs);
    if (event.kind !== 'took') this.#listeners.notify();
  }

  async #write(): Promise<void> {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    const counted = this.#since;
    this.#since = noStatistics();
    try {
      this.#use(await this.#file.add(counted));
    } catch (error) {
      // Counted again with the next ones.
      this.#since = merged(counted, this.#since);
      this.services.log.debug(`The numbers of suggestions could not be kept: ${errorMessage(error)}`);
    }
  }

  /** Reads the file once, when it is first of use. */
  #load(): void {
    if (this.#loading || !this.#isWanted) return;
    this.#loading = true;
    void this.#file.read().then((stored) => this.#use(stored));
  }

  #use(stored: SuggestionStatistics): void {
    this.#fits = new Map(Object.entries(stored.languages).map(([id, counts]) => [id, fitCalibration(counts)]));
    this.#listeners.notify();
  }

  #forget(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    this.#tracker.close(performance.now());
    this.#since = noStatistics();
    this.#kept.clear();
  }
}

function timesOf({ copied, timings }: Suggestion['written']['result'], ms: number): Partial<Record<Stage, number>> {
  if (copied !== undefined) return { copied: ms };
  return { written: ms, read: timings.prefillMs, decode: timings.decodeMs };
}

function textOf(document: string): string | undefined {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === document)?.getText();
}
