/**
 * HTML of a recorded session: the inspector page with a recording in place of the engine. Used by `sessionFile.ts`;
 * its content policy allows no network access, and theme values are validated first.
 */
import * as v from 'valibot';
import type { CaptureView } from './messages';

/** The theme that the page was seen in, as the page tells it. */
const themeSchema = v.object({
  className: v.pipe(v.string(), v.regex(/^[\w -]*$/)),
  variables: v.record(v.pipe(v.string(), v.regex(/^--vscode-[\w-]+$/)), v.pipe(v.string(), v.regex(/^[^<>{};]*$/))),
});

export interface SessionPage {
  readonly shown: Pick<CaptureView, 'kind' | 'title' | 'firstLines' | 'copied'>;
  readonly recording: Uint8Array;
  /** JSON of the page, unchecked. */
  readonly theme: string;
  /** The page's own files. */
  readonly files: { readonly script: string; readonly standIn: string; readonly style: string };
  readonly language: string;
  /** Used once. */
  readonly nonce: string;
}

/**
 * A capture as one document that any browser opens: the panel itself, with a recording in the place of the engine.
 * It loads nothing and sends nothing: its policy forbids both.
 */
export function sessionHtml({ shown, recording, theme, files, language, nonce }: SessionPage): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), themeSchema), theme);
  const { className, variables } = parsed.success ? parsed.output : { className: '', variables: {} };
  const colours = Object.entries(variables).map(([name, value]) => `${name}:${value}`);
  const session = JSON.stringify({ recording: Buffer.from(recording).toString('base64'), shown });
  const script = (content: string): string =>
    `<script nonce="${nonce}">${content.replace(/<(?=\/script|!--)/gi, '\\x3c')}</script>`;
  const style = (content: string): string =>
    `<style nonce="${nonce}">${content.replace(/<(?=\/style)/gi, '\\3c ')}</style>`;
  return `<!DOCTYPE html>
<html lang="${language.replace(/[^\w-]/g, '')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Glassbox</title>
${style(`:root{${colours.join(';')}}`)}
${style(files.style)}
</head>
<body class="${className}" data-strings="{}">
${script(`globalThis.glassboxSession=${session.replaceAll('<', '\\u003c')}`)}
${script(files.standIn)}
${script(files.script)}
</body>
</html>
`;
}
