/**
 * What an answer of the index leaves out, in words: for the view and for language models, which would otherwise take
 * “nothing was found” for “there is no such code”. Pure.
 */
import type { Gap, Progress } from '../../ipc/indexer/protocol';
import type { Translate } from '../../common/translate';

/** What there is to say when something was asked; undefined where the index is whole. @param t as `vscode.l10n.t` */
export function gapsInWords(gaps: readonly Gap[], progress: Progress | undefined, t: Translate): string | undefined {
  const [gap] = gaps;
  if (gap !== undefined) return gapInWords(gap, t);
  if (progress === undefined || (progress.phase !== 'indexing' && progress.phase !== 'paused')) return undefined;
  const { files, total = 0 } = progress;
  if (files >= total && total > 0) return undefined;
  const share = total === 0 ? 0 : Math.floor((100 * files) / total);
  return progress.phase === 'paused'
    ? t('Indexing is paused and has looked at {0} % of the files: more may be there.', share)
    : t('The index has looked at {0} % of the files so far: more may be there.', share);
}

function gapInWords({ kind, root, reason }: Gap, t: Translate): string {
  switch (kind) {
    case 'missing':
      return t('The index of {0} is not made yet: more may be there.', root);
    case 'damaged':
      return t('The index of {0} is damaged and is made again: more may be there.', root);
    case 'outdated':
      return t('The index of {0} is of another version of Glassbox and is made again: more may be there.', root);
    case 'failed':
      return t('The index of {0} could not be read: {1}', root, reason ?? '');
  }
}
