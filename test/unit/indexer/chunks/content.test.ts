import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withoutSecrets } from '../../../../src/common/secrets/withoutSecrets';
import { maxFileBytes, linesBetween, readContent } from '../../../../src/indexer/chunks/content';
import { cutLongLines } from '../../../../src/indexer/chunks/longLines';

describe('the content of a file', () => {
  const read = (content: string | number[]) =>
    readContent(typeof content === 'string' ? Buffer.from(content) : Uint8Array.from(content));
  const text = (content: string | number[]): string | undefined => {
    const found = read(content);
    return 'text' in found ? found.text : undefined;
  };

  it('is text', () => {
    assert.equal(text('ä😀'), 'ä😀');
    assert.equal(text([0xff, 0xfe, 0x61, 0]), 'a');
    assert.equal(text([0xfe, 0xff, 0, 0x61]), 'a');
    assert.equal(text([0x61, 0xe4]), 'aä');
    assert.equal(text(''), '');
  });

  it('is not searched where it is binary, minified or huge', () => {
    assert.deepEqual(read('PNG\0'), { skipped: 'binary' });
    assert.deepEqual(read('x=1;'.repeat(2_000)), { skipped: 'minified' });
    assert.deepEqual(read(`/*! licence of ${'this '.repeat(30)} */\n${'x=1;'.repeat(2_000)}`), { skipped: 'minified' });
    assert.deepEqual(read(`${'a({b:1,c:2});'.repeat(40)}\n`.repeat(20)), { skipped: 'minified' });
    assert.equal(text('const a = 1;\n'.repeat(2_000)), 'const a = 1;\n'.repeat(2_000));
    assert.deepEqual(read('a\n'.repeat(maxFileBytes)), { skipped: 'huge' });
  });

  const icons =
    Array.from({ length: 40 }, (_, line) => `export function parseIconName${line}(name: string) { return name; }\n`).join('') +
    `const sprite = 'data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUg'.repeat(800)}';\nexport const last = sprite;\n`; // prettier-ignore

  it('is searched without the end of a line of data, and everything else keeps its place', () => {
    const found = text(icons)!;
    assert.equal(found.length, icons.length);
    assert.ok(
      found.includes("const sprite = 'data:image/png;base64,") && found.endsWith('export const last = sprite;\n'),
    );
    assert.ok(found.includes('parseIconName39') && /\S {5000,}\n/.test(found));
  });

  it('is searched where it is prose with a line for a paragraph', () => {
    const paragraph = 'When a request fails, it is tried again after a pause that grows each time. '.repeat(11).trim();
    const markdown = Array.from({ length: 12 }, () => `${paragraph}\n\n`).join('');
    assert.equal(text(markdown), markdown);
    const japanese = `${'サーバー設定を読み込むときは、暗号鍵を更新する。'.repeat(100)}\n`.repeat(4);
    assert.equal(text(japanese), japanese);
    const long = `${paragraph} `.repeat(5);
    assert.equal(text(`${long}\n${long}\n`), `${long}\n${long}\n`);
  });

  it('has the lines of a file of an old Mac', () => {
    const line = 'int counter_of_many_things = 1;';
    assert.equal(text(`${line}\r`.repeat(200)), `${line}\n`.repeat(200));
  });

  it('keeps its lines, and what is short on them', () => {
    const line = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ minLength: 1_000, maxLength: 3_000 }));
    const body = fc.array(line, { maxLength: 20 }).map((all) => all.join('\n'));
    fc.assert(
      fc.property(body, (whole) => {
        const left = cutLongLines(whole);
        if (left === undefined) return;
        assert.equal(left.length, whole.length);
        const [before, after] = [whole.split('\n'), left.split('\n')];
        assert.equal(after.length, before.length);
        before.forEach((one, index) => assert.equal(after[index]!.slice(0, 200), one.slice(0, 200)));
      }),
    );
  });

  it('is shown by its lines', () => {
    const text = 'one\r\n\nthree\nfour';
    const shown = (from: number, to: number): string => text.slice(...linesBetween(text, from, to));
    assert.deepEqual(
      [shown(1, 1), shown(1, 2), shown(2, 3), shown(4, 4), shown(3, 9), shown(9, 9)],
      ['one\r', 'one\r\n', '\nthree', 'four', 'three\nfour', ''],
    );
  });

  it('is searched without the lines that hold secrets', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----`;
    const text = `const a = 1;\nconst password = "hunter22hunter";\r\n${key}\nconst token = readToken();\n`;
    const plain = withoutSecrets(text, '');
    assert.equal(plain.length, text.length);
    assert.equal(plain.replaceAll(/ {2,}/g, ''), 'const a = 1;\n\r\n\n\n\n\nconst token = readToken();\n');
  });
});
