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
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await editor.screenshot(`failed-${this.currentTest.title}`);
  });
  after(async () => {
    await editor.close();
    workspace.remove();
  });
}
