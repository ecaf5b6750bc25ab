/** How long it takes until words are drawn, by the installed extension in VS Code in Chromium, by the keyboard. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { hostTarget } from '../../../scripts/lib/native-parts.mjs';
import { vsixPath } from '../../../scripts/lib/package.mjs';
import type { Grammars } from '../../../src/syntax/grammars';
import { Editor } from '../../e2e/support/editor';
import { Workspace } from '../../e2e/support/workspace';
import { median } from '../engine/report';
import { snippetsOf } from './snippets';
import type { Snippet } from './snippets';

/** From the key that asks to the first words that a model has written, milliseconds. The first summary of all is reported apart. */
export async function measureScreen(
  grammars: Grammars,
  count: number,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  if (!existsSync(vsixPath(hostTarget())))
    throw new Error('There is no package of the extension: run npm run package first.');
  const numbers: Record<string, number> = {};
  const sets = await Promise.all(
    [40, 100].map(async (lines) => ({ lines, snippets: await snippetsOf(lines, count, grammars) })),
  );
  const workspace = new Workspace([...new Set(sets.flatMap(({ snippets }) => snippets.map(({ path }) => path)))]);
  workspace.write('.vscode/settings.json', JSON.stringify({ 'comments.openView': 'never' }));
  workspace.write('first.ts', 'export const first = (): number => 1;\n');
  const editor = await Editor.open(workspace.folder);
  try {
    const cold = await firstWordsMs(editor, { path: 'first.ts', text: '', start: 0, end: 0, lines: 1 });
    numbers['screen.coldMs'] = cold;
    say(`on screen, with the engine to be started: ${cold.toFixed(0)} ms`);
    for (const { lines, snippets } of sets) {
      const times: number[] = [];
      for (const snippet of snippets) times.push(await firstWordsMs(editor, snippet));
      numbers[`screen.${lines}.ms`] = median(times);
      numbers[`screen.${lines}.slowestMs`] = Math.max(...times);
      say(
        `on screen, ${lines} lines, ${times.length} pieces: ${median(times).toFixed(0)} ms, slowest ${Math.max(...times).toFixed(0)} ms`,
      );
    }
  } finally {
    await editor.close();
    workspace.remove();
  }
  return numbers;
}

async function firstWordsMs(editor: Editor, { path, text, start, lines }: Snippet): Promise<number> {
  await editor.openFile(basename(path));
  await editor.selectLines(text.slice(0, start).split('\n').length, lines);
  const words = await editor.timeSummary();
  await editor.press('Control+k');
  await editor.press('Control+g');
  const ms = await words();
  await editor.summaryAction('Close Summary').click();
  await editor.summaryAction('Close Summary').waitFor({ state: 'detached' });
  return ms;
}
