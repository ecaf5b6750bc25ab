/**
 * Names of encodings as VS Code's setting `files.encoding` has them, for `TextDecoder`; used by `decodeText.ts`. Decides
 * nothing about a file.
 */

/** Names that no rule of spelling gives. */
const special: Readonly<Record<string, string>> = {
  utf8bom: 'utf-8',
  big5hkscs: 'big5',
  cp950: 'big5',
  cp866: 'ibm866',
  macroman: 'macintosh',
  gb2312: 'gb18030',
  gbk: 'gb18030',
  shiftjis: 'shift_jis',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
};

/**
 * The label of the WHATWG Encoding Standard for an encoding of the editor, as `shift_jis` for `shiftjis`.
 *
 * @returns undefined for one that `TextDecoder` does not read, as `cp437`
 */
export function labelOf(editorEncoding: string): string | undefined {
  const id = editorEncoding.toLowerCase();
  const label =
    special[id] ??
    id
      .replace(/^utf(8|16)/, 'utf-$1')
      .replace(/^windows(?=\d)/, 'windows-')
      .replace(/^iso8859(?=\d)/, 'iso-8859-');
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}
