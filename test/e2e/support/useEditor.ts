import { Editor } from './editor';
import type { EditorOptions } from './editor';
import type { Workspace } from './workspace';

/**
 * Opens an editor on the workspace for a suite, and takes both away behind it. What it shows when a test fails is kept.
 *
 * @param opened is given the editor before the first test
 * @param options as {@link Editor.open} takes them
 */
export function useEditor(workspace: Workspace, opened: (editor: Editor) => void, options: EditorOptions = {}): void {
  let editor: Editor;
  before(async () => opened((editor = await Editor.open(workspace.folder, options))));
  keepFailures(() => editor);
  after(async () => {
    await editor.close();
    workspace.remove();
  });
}

/**
 * Keeps what an editor shows when a test of the suite fails.
 *
 * @param current the suite's editor, where there is one by then
 */
export function keepFailures(current: () => Editor | undefined): void {
  afterEach(async function () {
    const editor = current();
    if (this.currentTest?.isFailed() && editor?.isOpen) await editor.screenshot(`failed-${this.currentTest.title}`);
  });
}
