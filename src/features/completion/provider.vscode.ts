/**
 * Implements VS Code's inline completion provider: checks the document, asks the completer and turns suggestions into
 * items. Created by the feature; holds no state between requests.
 */
import * as vscode from 'vscode';
import { internalCommands } from '../../host/ids';
import { fileOf } from '../../host/notebooks.vscode';
import type { Settings } from '../../host/settings';
import type { ContextSnippet, Neighbour } from '../../ipc/engine/protocol';
import type { Completer, Outcome, SuggestionRequest } from './completer';
import { cursorContextAt } from './document.vscode';
import { situationOf } from './editorSituation.vscode';
import { whyNotHere, whyNotOffered } from './eligibility';
import { looksBinary } from './cursorContext';
import type { CursorContext } from './cursorContext';
import type { NoSuggestionReason } from './reasons';
import type { Offered } from './learning/learning.vscode';
import { pathForModel } from './request';
import type { Suggestion } from './suggestions';
import { encodingFor } from '../../host/encodings.vscode';
import { signalOf } from '../../host/cancellation.vscode';

/** What the provider asks of the rest of the extension. */
export interface ProviderHost {
  settings(document: vscode.TextDocument): Settings;
  /** The editor has asked by itself, without a command. */
  asked(): void;
  modelFolder(settings: Settings): string;
  /** Whether the processor may work on what nobody has asked for yet. */
  mayAskAhead(settings: Settings): boolean;
  /** What may be copied from; undefined where nothing is to be copied. */
  neighbours(document: vscode.TextDocument, settings: Settings): Promise<Neighbour[] | undefined>;
  /** What the model is shown of other places. */
  context(document: vscode.TextDocument, settings: Settings): readonly ContextSnippet[];
  /** How sure a suggestion has to be, 0…1. */
  minimumConfidence(document: vscode.TextDocument, settings: Settings): number;
  /** Whether something else is ghost text at a place. */
  isTaken(document: vscode.TextDocument, position: vscode.Position): boolean;
  /** A suggestion stands at a place; or nowhere. */
  stands(document: vscode.TextDocument, position: vscode.Position | undefined): void;
  /** The editor is given a suggestion, the only one. */
  offered(offered: Offered): void;
  /** Why nothing appeared; undefined when something did. */
  explain(document: vscode.TextDocument, reason: NoSuggestionReason | undefined): void;
}

/** The thin edge between VS Code and the completer. */
export class CompletionProvider implements vscode.InlineCompletionItemProvider {
  constructor(
    private readonly completer: Completer,
    private readonly host: ProviderHost,
  ) {}

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    if (this.host.isTaken(document, position)) return [];
    const start = performance.now();
    const outcome = await this.#complete(document, position, context, token);
    if (outcome.kind === 'cancelled' || token.isCancellationRequested) return [];
    this.host.explain(document, outcome.kind === 'none' ? outcome.reason : undefined);
    this.host.stands(document, outcome.kind === 'none' ? undefined : position);
    if (outcome.kind === 'none') return [];
    const { suggestion, others = [] } = outcome;
    const items = [suggestion, ...others].map((one) => toItem(one, position, context));
    const [item] = items;
    if (item !== undefined && others.length === 0) {
      const isNew = suggestion.written.cursor === suggestion.cursor;
      this.host.offered({ document, position, item, suggestion, ms: performance.now() - start, isNew });
    }
    return items;
  }

  /** Has the model read what stands around a cursor that rests, before a key is pressed there. */
  readIn(document: vscode.TextDocument, position: vscode.Position): void {
    const asked = this.#requestAt(document, position, undefined, false);
    if ('request' in asked && asked.request.ahead) this.completer.readIn(asked.cursor, asked.request);
  }

  async #complete(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<Outcome> {
    const explicit = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    if (!explicit) this.host.asked();
    const asked = this.#requestAt(document, position, context.selectedCompletionInfo, explicit);
    if ('refused' in asked) return { kind: 'none', reason: asked.refused };
    const cancellation = signalOf(token);
    try {
      return await this.completer.suggest(asked.cursor, asked.request, cancellation.signal);
    } finally {
      cancellation.dispose();
    }
  }

  /** What is asked for at a position, or why nothing is. */
  #requestAt(
    document: vscode.TextDocument,
    position: vscode.Position,
    selected: vscode.SelectedCompletionInfo | undefined,
    explicit: boolean,
  ): { cursor: CursorContext; request: SuggestionRequest } | { refused: NoSuggestionReason } {
    const settings = this.host.settings(document);
    const { languageId, uri } = document;
    const notOffered = whyNotOffered({ path: uri.path, languageId }, settings);
    if (notOffered !== undefined) return { refused: notOffered };

    const cursor = cursorContextAt(document, position, selected);
    if (looksBinary(cursor)) return { refused: { kind: 'notText' } };
    const path = pathForModel(
      { path: uri.path, languageId },
      vscode.workspace.getWorkspaceFolder(fileOf(document))?.uri.path,
    );
    const unsuited = explicit ? undefined : whyNotHere(cursor, path, situationOf(document), settings.completionWhere);
    if (unsuited !== undefined) return { refused: unsuited };
    const request = {
      model: this.host.modelFolder(settings),
      path,
      mode: settings.completionLength,
      context: this.host.context(document, settings),
      neighbours: () => this.host.neighbours(document, settings),
      encoding: () => encodingFor(document),
      minimumConfidence: this.host.minimumConfidence(document, settings),
      explicit,
      ahead: this.host.mayAskAhead(settings),
    };
    return { cursor, request };
  }
}

function toItem(
  { id, text, replaces }: Suggestion,
  position: vscode.Position,
  { selectedCompletionInfo: selected }: vscode.InlineCompletionContext,
): vscode.InlineCompletionItem {
  const item = new vscode.InlineCompletionItem(
    (selected?.text ?? '') + text,
    new vscode.Range(selected?.range.start ?? position, position.translate(0, replaces)),
  );
  item.command = { command: internalCommands.completionAccepted, title: '', arguments: [id] };
  return item;
}
