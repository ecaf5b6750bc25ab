/**
 * Offers a decoder tuned for conversations to VS Code's chat as a language model. Registered by the summarize feature;
 * messages reach the engine without secrets.
 */
import * as vscode from 'vscode';
import { withoutSecrets } from '../../common/secrets/withoutSecrets';
import { maxPrefixLength } from '../../ipc/engine/protocol';
import type { ChatMessage } from '../../ipc/engine/messages/generate';
import { hasChatTemplate } from '../../host/chatTemplate';
import { settings } from '../../host/ids';
import { decoderFolder } from '../../host/modelPaths';
import type { Services } from '../../host/services';
import { errorMessage } from '../../common/errorMessage';
import { signalOf } from '../../host/cancellation.vscode';

/** As package.json declares it. */
const vendor = 'glassbox';

interface LocalModel extends vscode.LanguageModelChatInformation {
  /** Absolute path of the model folder. */
  readonly folder: string;
}

/** Lets VS Code's own chat use the decoder where that was tuned on conversations; nothing where this VS Code has no such door. */
export function registerChatProvider(services: Services): vscode.Disposable {
  const lm = vscode.lm as Partial<typeof vscode.lm> | undefined;
  if (typeof lm?.registerLanguageModelChatProvider !== 'function') return vscode.Disposable.from();
  const provider = new ChatProvider(services);
  return vscode.Disposable.from(provider, lm.registerLanguageModelChatProvider(vendor, provider));
}

class ChatProvider implements vscode.LanguageModelChatProvider<LocalModel> {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(private readonly services: Services) {
    this.#subscription = services.configuration.onDidChange((event) => {
      if (event.affectsConfiguration(settings.modelDecoder)) this.#changed.fire();
    });
  }

  async provideLanguageModelChatInformation(): Promise<LocalModel[]> {
    const { configuration, engine, log, root } = this.services;
    const folder = decoderFolder(configuration.read().modelDecoder, root);
    // Looked for before the model is loaded: most models are not tuned for chat, and the user may never chat.
    if (!(await hasChatTemplate(folder))) return [];
    try {
      const { name, prompts, contextLength } = await engine.request('load', { model: folder }, { priority: 'index' });
      if (!prompts.includes('chat')) return [];
      const maxOutputTokens = Math.min(1_024, Math.floor(contextLength / 4));
      return [
        {
          id: name,
          name,
          family: name,
          version: '1',
          folder,
          maxOutputTokens,
          maxInputTokens: contextLength - maxOutputTokens,
          tooltip: vscode.l10n.t('Runs on this machine'),
          capabilities: {},
        },
      ];
    } catch (error) {
      log.warn(`The decoder is not offered to the chat: ${errorMessage(error)}`);
      return [];
    }
  }

  async provideLanguageModelChatResponse(
    { folder, maxOutputTokens }: LocalModel,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    _options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const cancelled = signalOf(token);
    try {
      await this.services.engine.request(
        'generate',
        { model: folder, prompt: { kind: 'chat', messages: messages.map(toMessage) }, maxTokens: maxOutputTokens },
        {
          priority: 'summarize',
          signal: cancelled.signal,
          onEvent: ({ text }) => progress.report(new vscode.LanguageModelTextPart(text)),
        },
      );
    } catch (error) {
      if (!cancelled.signal.aborted) throw error;
    } finally {
      cancelled.dispose();
    }
  }

  async provideTokenCount(
    { folder }: LocalModel,
    text: string | vscode.LanguageModelChatRequestMessage,
  ): Promise<number> {
    const all = typeof text === 'string' ? text : toMessage(text).content;
    let count = 0;
    for (let start = 0; start < all.length; start += maxPrefixLength) {
      const { ids } = await this.services.engine.request(
        'tokenize',
        { model: folder, text: all.slice(start, start + maxPrefixLength) },
        { priority: 'summarize' },
      );
      count += ids.length;
    }
    return count;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

/** A message as the model reads it: without secrets that files or people put into it. */
export function toMessage({
  role,
  content,
}: Pick<vscode.LanguageModelChatRequestMessage, 'role' | 'content'>): ChatMessage {
  const text = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
  return {
    role: role === vscode.LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user',
    content: withoutSecrets(text, ''),
  };
}
