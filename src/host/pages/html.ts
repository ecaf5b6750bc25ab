/**
 * HTML document of a webview page, with a strict content security policy. Used by `page.vscode.ts`; all values are
 * escaped.
 */

/** What stands in the document around a page. */
export interface PageDocument {
  readonly title: string;
  /** Of the user's language, as `vscode.env.language` gives it. */
  readonly language: string;
  /** Source that VS Code serves the extension's files from; a plain file's is empty. */
  readonly cspSource: string;
  /** Used once. */
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  /** Translated texts by the English ones; empty where English is spoken. */
  readonly strings: Readonly<Record<string, string>>;
}

/**
 * The document of a page. Nothing is loaded but the page's own script and style: the policy forbids all else, so that
 * text from the user's files can neither run nor fetch anything, whatever it says.
 */
export function pageHtml({ title, language, cspSource, nonce, script, style, strings }: PageDocument): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource === '' ? "'self'" : cspSource}`,
    // Pictures of what is on screen are drawn from the page's own SVG.
    'img-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="stylesheet" href="${escape(style)}">
</head>
<body data-strings="${escape(JSON.stringify(strings))}">
<script nonce="${escape(nonce)}" src="${escape(script)}"></script>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
