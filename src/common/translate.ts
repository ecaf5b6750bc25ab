/**
 * The type of a translation function, so that modules without `vscode` can produce localised messages; used by
 * features and webviews.
 */

/**
 * The shape of `vscode.l10n.t`, handed to pure code so that it can speak the user's language without importing
 * `vscode`. `{0}`, `{1}`… in the message stand for the arguments.
 */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;
