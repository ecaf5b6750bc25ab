import type { Translate } from '../../src/common/translate';

/** What `vscode.l10n.t` does where there is no translation. */
export const t: Translate = (message, ...args) =>
  message.replace(/\{(\d)\}/g, (_, n: string) => String(args[Number(n)]));
