/** Finds the file that a link to the inspector means. A link may come from any page: it opens nothing outside of the workspace. */
import * as vscode from 'vscode';
import { isSecretPath } from '../../common/secrets/secretFiles';

/**
 * @param path with `/`, leads out of no folder
 * @returns the file of that path in the first of some folders that has it; never one that usually holds secrets
 */
export async function fileIn(
  folders: readonly Pick<vscode.WorkspaceFolder, 'uri'>[],
  path: string,
): Promise<vscode.Uri | undefined> {
  if (isSecretPath(path)) return undefined;
  for (const { uri } of folders) {
    const file = vscode.Uri.joinPath(uri, path);
    const found = await Promise.resolve(vscode.workspace.fs.stat(file)).catch(() => undefined);
    if (found !== undefined && (found.type & vscode.FileType.File) !== 0) return file;
  }
  return undefined;
}
