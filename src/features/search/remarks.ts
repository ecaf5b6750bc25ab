/** What the index says about a question itself, in words: for the view and for language models. Pure. */
import type { SearchRemark } from '../../ipc/indexer/protocol';
import type { Translate } from '../../common/translate';

/** @param t as `vscode.l10n.t` */
export function remarkInWords(remark: SearchRemark, t: Translate): string {
  switch (remark.kind) {
    case 'corrected':
      return t('“{0}” is nowhere in the code: shown is what has “{1}”.', remark.from, remark.to);
    case 'noSuchLanguage':
      return t('No file here has the language or ending “{0}”.', remark.name);
    case 'unknownKind':
      return t(
        '“{0}” is no kind of definition; there are function, method, class, struct, interface, enum, type, module, property, macro, section and rule.',
        remark.name,
      );
    case 'pattern':
      return remark.isLookAround
        ? t('Look-around and back-references are not searched for: they could take any time.')
        : t('This is no regular expression: {0}', remark.reason);
    case 'partlyScanned':
      return t(
        '{0} of {1} files were looked through in time; a word that stands alone is found sooner.',
        remark.looked,
        remark.total,
      );
  }
}
