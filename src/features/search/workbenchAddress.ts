/**
 * The address of a file as the window of VS Code knows it, for what is dragged out of a webview. Used by the search view;
 * pure.
 */

/**
 * Where extensions run on another machine than the window, their `file:` addresses are others there, and no API tells which.
 * But the address that a webview loads a file by holds them: `https://SCHEME+AUTHORITY.vscode-resource.…/PATH`, the
 * authority with a dash and four hexadecimal digits for each character that is no letter or digit.
 *
 * @param loadedBy what `Webview.asWebviewUri` gives for the file
 * @returns undefined where it has another form: then there is no link
 */
export function workbenchAddress(loadedBy: string): string | undefined {
  const [, scheme, encoded = '', path] =
    /^https:\/\/([a-z-]+)(?:\+|%2[Bb])([\da-z-]*)\.vscode-resource\.[a-z.-]+(\/[^?#]*)/.exec(loadedBy) ?? [];
  if (scheme === undefined || path === undefined || (scheme !== 'file' && scheme !== 'vscode-remote')) return undefined;
  const authority = encoded.replaceAll(/-([\da-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return `${scheme}://${encodeURIComponent(authority)}${path}`;
}
