import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeText, isBinary } from '../../../../../src/common/text/encoding/decodeText';
import type { EncodingSettings } from '../../../../../src/common/text/encoding/decodeText';
import { detectEncoding } from '../../../../../src/common/text/encoding/detectEncoding';
import { labelOf } from '../../../../../src/common/text/encoding/editorEncodings';
import { encode, signsIn } from '../../../../support/encode';

/** As files have them: a few words of another language between code. */
const samples = [
  ['windows-1252', "const label = 'Größe ändern'; // Maße prüfen\n"],
  ['windows-1252', '/* café crème, déjà vu */ int x;\n'],
  ['windows-1250', '// Załaduj ustawienia źródła, późniejsze wersje\nint x;\n'],
  ['windows-1251', '// Чтение настроек\nint x;\n'],
  ['koi8-r', '// Чтение настроек\nint x;\n'],
  ['windows-1253', '// Ανάγνωση ρυθμίσεων\nint x;\n'],
  ['windows-1255', '// קריאת הגדרות\nint x;\n'],
  ['windows-1256', '// قراءة الإعدادات\nint x;\n'],
  ['gbk', '// 读取配置\nfunction load() {}\n'],
  ['gb18030', '// 读取配置文件并返回结果\nint main() {}\n'],
  ['big5', '// 讀取設定檔案\nint x;\n'],
  ['shift_jis', '// サーバー設定を読み込む\nint x;\n'],
  ['euc-jp', '// サーバー設定を読み込む\nint x;\n'],
  ['euc-kr', '// 사용자를 찾는다\nint x;\n'],
] as const;

const read = (bytes: Uint8Array, settings?: EncodingSettings) => decodeText(bytes, settings, detectEncoding);

describe('text of files', () => {
  it('is read in the encoding that it is written in', () => {
    for (const [label, text] of samples) assert.equal(read(encode(text, label))?.text, text, `${label}: ${text}`);
  });

  it('is read in Unicode, with a byte order mark or without one', () => {
    const text = '// Größe\nconst a = 1;\n';
    for (const label of ['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16le-bom', 'utf-16be', 'utf-16be-bom'])
      assert.deepEqual(read(encode(text, label)), { text, isUnicode: true, isCertain: true }, label);
    assert.equal(read(new Uint8Array())?.text, '');
  });

  it('is read as the settings say, where it is not Unicode', () => {
    const gbk = encode('// 读\n', 'gbk');
    assert.deepEqual(read(gbk, { encoding: 'gbk' }), { text: '// 读\n', isUnicode: false, isCertain: true });
    assert.equal(read(encode('// Größe\n', 'utf-8'), { encoding: 'gbk' })?.text, '// Größe\n');
    const russian = encode('// Чтение настроек\n', 'windows-1251');
    assert.equal(read(russian, { encoding: 'windows1252' })?.text, '// ×òåíèå íàñòðîåê\n');
    assert.equal(read(russian, { encoding: 'windows1252', guess: true })?.text, '// Чтение настроек\n');
    // Bytes that the encoding has not, and an encoding that nothing reads.
    assert.equal(read(encode('// Größe\n', 'windows-1252'), { encoding: 'eucjp' })?.text, '// Größe\n');
    assert.equal(read(russian, { encoding: 'cp437' })?.text, '// Чтение настроек\n');
  });

  it('is read to the letter in an encoding that is set', () => {
    const settings = [['gbk', 'gbk'], ['shift_jis', 'shiftjis'], ['euc-kr', 'euckr'], ['big5', 'cp950'], ['windows-1252', 'windows1252'], ['iso-8859-2', 'iso88592']] as const; // prettier-ignore
    for (const [label, setting] of settings) {
      const signs = [...signsIn(label).keys()].filter(
        (sign) => sign === '\n' || (sign >= ' ' && !/[\x7f-\x9f]/.test(sign)),
      );
      const text = fc.array(fc.constantFrom(...signs), { maxLength: 80 }).map((all) => all.join(''));
      fc.assert(
        fc.property(text, (wanted) => {
          const decoded = read(encode(wanted, label), { encoding: setting });
          // What happens to be valid UTF-8 as well is that.
          assert.ok(decoded?.text === wanted || decoded?.isUnicode === true);
        }),
      );
    }
  });

  it('has its lines where the editor has them', () => {
    assert.equal(read(Buffer.from('a\r\nb\rc\nd\r'))?.text, 'a\nb\nc\nd\n');
  });

  it('is copied from only where the encoding is certain', () => {
    assert.equal(read(encode("const label = 'Größe ändern';\n", 'windows-1252'))?.isCertain, false);
    assert.equal(read(encode('// Größe\n', 'windows-1252'), { encoding: 'windows1252' })?.isCertain, true);
    assert.equal(read(encode('// サーバー設定を読み込む\n', 'shift_jis'))?.isCertain, true);
    // Without a detector, the bytes tell nothing.
    assert.equal(decodeText(encode('// サーバー設定を読み込む\n', 'shift_jis'))?.isCertain, false);
    assert.equal(decodeText(encode('// サーバー\n', 'shift_jis'), { encoding: 'shiftjis' })?.text, '// サーバー\n');
  });

  it('is not what holds other data', () => {
    assert.equal(read(Buffer.from('PNG\0')), undefined);
    assert.equal(read(Uint8Array.from([0xff, 1, 2, 3, 0xfe, 5])), undefined);
    assert.ok(isBinary(Uint8Array.from([1, 2, 0, 0])) && !isBinary(encode('a = 1\n', 'utf-16le')));
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => assert.notEqual(read(bytes)?.text ?? detectEncoding(bytes)?.label, '\0')),
    );
  });

  it('has the names that the editor gives to encodings', () => {
    const names = [['utf8', 'utf-8'], ['utf8bom', 'utf-8'], ['utf16be', 'utf-16be'], ['shiftjis', 'shift_jis'], ['iso885915', 'iso-8859-15'], ['cp866', 'ibm866'], ['macroman', 'macintosh'], ['windows874', 'windows-874']] as const; // prettier-ignore
    for (const [id, label] of names) assert.equal(labelOf(id), label);
    for (const id of ['cp437', 'cp850', 'koi8t', '']) assert.equal(labelOf(id), undefined);
  });
});
