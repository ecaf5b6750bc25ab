/**
 * The last gate before text leaves for a server: lines that hold secrets become blank, files that hold them by name stay here.
 * Every request of this folder passes through it, whatever its caller has done before.
 */
import { isSecretPath } from '../common/secrets/secretFiles';
import { withoutSecrets } from '../common/secrets/withoutSecrets';
import { ServerError } from './errors';
import type { ChatRequest, FillRequest } from './protocols/types';

/** @throws {ServerError} `cancelled` where the document itself is a file of secrets */
export function outgoingFill(request: FillRequest): FillRequest {
  const { path, prefix, suffix, context } = request;
  if (path !== '' && isSecretPath(path))
    throw new ServerError('cancelled', 'A file that usually holds secrets is not sent to a server.');
  // Both parts together, since a secret's name may stand before the cursor and its value behind it. Lengths stay.
  const text = withoutSecrets(prefix + suffix, path);
  return {
    ...request,
    prefix: text.slice(0, prefix.length),
    suffix: text.slice(prefix.length),
    context: context
      .filter((file) => !isSecretPath(file.path))
      .map((file) => ({ path: file.path, text: withoutSecrets(file.text, file.path) })),
  };
}

export const outgoingChat = (request: ChatRequest): ChatRequest => ({
  ...request,
  messages: request.messages.map(({ role, content }) => ({ role, content: withoutSecrets(content, '') })),
});

export const outgoingTexts = (texts: readonly string[]): string[] => texts.map((text) => withoutSecrets(text, ''));
