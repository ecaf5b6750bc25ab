/** Files that are not searched, as the search view lists them: by reason, in words. Pure. */
import type { SkippedFiles } from '../../ipc/indexer/protocol';
import { fileName } from '../../common/files/paths';
import type { Translate } from '../../common/translate';
import type { SkippedList } from './messages';

type Reason = SkippedFiles['files'][number]['reason'];

/**
 * Files by why they are not searched, those first that a person may have written.
 *
 * @param rootName shown before paths; empty where there is one root only
 * @param t as `vscode.l10n.t`
 */
export function listSkipped(
  { total, files }: SkippedFiles,
  rootName: (root: string) => string,
  t: Translate,
): SkippedList {
  const reasons: readonly Reason[] = ['fatal', 'minified', 'huge', 'binary'];
  const groups = reasons.flatMap((reason) => {
    const own = files.flatMap((file, number) => {
      if (file.reason !== reason) return [];
      const name = fileName(file.path);
      const folder = [rootName(file.root), file.path.slice(0, -name.length - 1)]
        .filter((part) => part !== '')
        .join('/');
      return [{ number, name, folder }];
    });
    return own.length === 0 ? [] : [{ reason: inWords(reason, t), files: own }];
  });
  return { total, groups, more: total - files.length };
}

function inWords(reason: Reason, t: Translate): string {
  switch (reason) {
    case 'fatal':
      return t('Ended the index process twice');
    case 'minified':
      return t('Long lines, as tools write them');
    case 'huge':
      return t('Too large');
    case 'binary':
      return t('No text');
  }
}
