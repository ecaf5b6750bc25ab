/** What is said of a proposed edit where the mouse rests on it. Used by `nextEdits.vscode.ts`. */
import * as vscode from 'vscode';
import { markdownCode, markdownText } from '../../common/text/markup';
import { commands } from '../../host/ids';
import type { ShownEdit } from './shownEdit';
import { reasonsFor } from './view';

const t = vscode.l10n.t;

/** Why it is proposed, and what can be done. */
export function hoverOf(edit: ShownEdit): vscode.MarkdownString {
  const links = [
    [t('Apply to several'), commands.nextEditApplyOthers],
    [t('Preview'), commands.nextEditPreview],
    [t('Why?'), commands.nextEditExplain],
    [t('Decline'), commands.nextEditDecline],
  ].map(([title = '', command = '']) => `[${markdownText(title)}](command:${command})`);
  const [first, ...more] = reasonsFor(edit, t);
  const markdown = new vscode.MarkdownString(
    [markdownCode(first?.text ?? ''), ...more.map(({ text }) => markdownText(text)), links.join(' · ')].join('\n\n'),
  );
  markdown.supportHtml = true;
  markdown.isTrusted = {
    enabledCommands: [
      commands.nextEditApplyOthers,
      commands.nextEditPreview,
      commands.nextEditExplain,
      commands.nextEditDecline,
    ],
  };
  return markdown;
}
