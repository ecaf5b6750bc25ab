import fc from 'fast-check';
import assert from 'node:assert/strict';
import { Anchors } from '../../../../src/features/inspector/anchors';
import { readLink, writeLink } from '../../../../src/features/inspector/links';
import type { SegmentKind } from '../../../../src/features/inspector/messages';
import { cursorAfter, firstLinesOf, placesOf, tokenOffsets } from '../../../../src/features/inspector/places';
import { CaptureSource } from '../../../../src/features/inspector/source';

/** A sequence whose parts are given, each one token. */
function sequenceOf(...parts: (readonly [SegmentKind, string])[]) {
  let at = 0;
  const segments = parts.map(([kind, text], i) => ({ kind, from: i, to: i + 1, start: at, end: (at += text.length) }));
  return {
    ids: Int32Array.from(parts, (_, i) => i),
    texts: parts.map(([, text]) => text),
    text: parts.map(([, text]) => text).join(''),
    ranges: Uint32Array.from(segments.flatMap(({ start, end }) => [start, end])),
    segments,
  };
}

describe('the places of a prompt in its document', () => {
  const document = 'one();\ntwo();\nreturn thi;\n}\nrest\n';
  const cursor = document.indexOf(';\n}');
  const prompt = sequenceOf(
    ['special', ''],
    ['path', 'a.ts\n'],
    ['special', ''],
    ['suffix', '}\nrest\n'],
    ['special', ''],
    ['prefix', 'two();\nreturn thi'],
    ['rest', ';'],
    ['generated', 's.x'],
  );

  it('are before, behind and below the cursor', () => {
    const places = placesOf(prompt, { text: document, cursor });
    assert.deepEqual(places, [undefined, undefined, undefined, document.indexOf('}'), undefined, 7, cursor, undefined]);
    assert.deepEqual(firstLinesOf(document, places), [0, 0, 0, 4, 0, 2, 3, 0]);
  });

  it('are found behind what was taken, too', () => {
    const taken = document.replace('thi;', 'this.x;');
    assert.deepEqual(placesOf(prompt, { text: taken, cursor }).slice(5), [7, cursor + 3, cursor]);
  });

  it('are none where the document says something else', () => {
    assert.deepEqual(
      placesOf(prompt, { text: 'another text', cursor }).filter((place) => place !== undefined),
      [],
    );
    assert.deepEqual(placesOf(sequenceOf(['text', 'two']), { text: document }), [undefined]);
  });

  it('of a selection begin where it does, blanks left out', () => {
    assert.deepEqual(placesOf(sequenceOf(['path', 'x'], ['text', 'two();']), { text: document, start: 6 }), [
      undefined,
      7,
    ]);
  });

  it('are before the cursor where the prompt is nothing but text, also without the token that is written again', () => {
    const plain = sequenceOf(['text', 'one();\ntwo();\nreturn'], ['generated', ' this.x']);
    assert.deepEqual(placesOf(plain, { text: document, cursor }), [0, undefined]);
    const taken = document.replace('thi;', 'this.x;');
    assert.deepEqual(placesOf(plain, { text: taken, cursor }), [0, document.indexOf(' thi')]);
    const filled = sequenceOf(['prefix', 'two();\nreturn'], ['generated', ' this.x']);
    assert.deepEqual(placesOf(filled, { text: taken, cursor }), [7, document.indexOf(' thi')]);
    // Declarations in front of it are in no such place.
    const behind = sequenceOf(['text', '// b.ts\nlet b;\n// a.ts\nreturn thi'], ['generated', 's']);
    assert.deepEqual(placesOf(behind, { text: document, cursor }), [undefined, undefined]);
  });

  it('count as many units for a line end as the document has', () => {
    const sequence = sequenceOf(['text', 'one();\n'], ['text', 'two']);
    assert.deepEqual([...tokenOffsets(sequence, document, [0, 7], 2)], [0, 8, 8, 11]);
    assert.deepEqual([...tokenOffsets(sequence, document, [0, undefined], 1)], [0, 7, -1, -1]);
  });

  it('are found again by the text before the cursor', () => {
    assert.equal(cursorAfter(document, 'return thi', document.length), cursor);
    assert.equal(cursorAfter('x x x', 'x', 3), 3);
    assert.equal(cursorAfter(document, 'not there', 5), undefined);
    assert.equal(cursorAfter(document, '', 5), 0);
  });
});

describe('tokens in a document that is edited', () => {
  const text = 'let a = b;';
  const tokens = Int32Array.from([0, 3, 3, 5, 5, 7, 7, 9, 9, 10]);
  const shown = (anchors: Anchors, now: string) =>
    Array.from({ length: 5 }, (_, token) => {
      const range = anchors.range(token);
      return range && now.slice(range.start, range.end);
    });

  it('move with what is typed before them and stay with what is typed behind', () => {
    const anchors = new Anchors(tokens, text);
    anchors.apply([
      { offset: 0, length: 0, text: '// \n' },
      { offset: 10, length: 0, text: ' // end' },
    ]);
    const now = '// \nlet a = b; // end';
    assert.deepEqual(shown(anchors, now), ['let', ' a', ' =', ' b', ';']);
    assert.ok(anchors.holds(now));
    assert.equal(anchors.tokenAt(now.indexOf('b')), 3);
    assert.equal(anchors.tokenAt(now.length), undefined);
  });

  it('are gone when they are edited, and back when that is undone', () => {
    const anchors = new Anchors(tokens, text);
    anchors.apply([{ offset: 4, length: 1, text: 'xyz' }]);
    assert.deepEqual(shown(anchors, 'let xyz = b;'), ['let', undefined, ' =', ' b', ';']);
    assert.ok(!anchors.holds('let xyz = b;'));
    anchors.apply([{ offset: 4, length: 3, text: 'a' }]);
    assert.ok(anchors.holds(text));
    assert.deepEqual(shown(anchors, text), ['let', ' a', ' =', ' b', ';']);
  });

  it('notice what is typed between them', () => {
    const anchors = new Anchors(tokens, text);
    anchors.apply([{ offset: 5, length: 0, text: '1' }]);
    assert.ok(!anchors.holds('let a1 = b;'));
    assert.deepEqual(shown(anchors, 'let a1 = b;'), ['let', ' a', ' =', ' b', ';']);
  });

  it('still say what they said wherever they are shown, whatever is edited', () => {
    const edit = fc.record({ offset: fc.nat(10), length: fc.nat(4), text: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
        const anchors = new Anchors(tokens, text);
        let now = text;
        for (const { offset, length, text: typed } of edits) {
          const at = Math.min(offset, now.length);
          const cut = Math.min(length, now.length - at);
          anchors.apply([{ offset: at, length: cut, text: typed }]);
          now = now.slice(0, at) + typed + now.slice(at + cut);
        }
        shown(anchors, now).forEach((found, token) =>
          assert.ok(found === undefined || found === text.slice(tokens[2 * token], tokens[2 * token + 1])),
        );
        anchors.holds(now);
      }),
    );
  });

  it('are tied to a document even when it was edited before they were known', () => {
    const source = new CaptureSource({ uri: 'file:///a', text: 'x\r\nlet a;', languageId: 'typescript' }, { start: 2 });
    source.edit([{ offset: 0, length: 0, text: '!!' }]);
    const description = { sequences: [sequenceOf(['text', 'let a;'])] } as unknown as Parameters<
      CaptureSource['locate']
    >[0];
    assert.deepEqual(source.locate(description), [[2]]);
    assert.deepEqual(source.range(0, 0), { start: 5, end: 11 });
    assert.deepEqual(source.tokenAt(6), { sequence: 0, token: 0 });
    assert.ok(source.holds('!!x\r\nlet a;'));
  });
});

describe('a link to a view', () => {
  const link = { path: 'src/a b.ts', start: 3, end: 90, state: '{"view":"matrix"}' };

  it('comes back as it was', () => {
    assert.deepEqual(readLink(writeLink(link)), link);
  });

  it('is refused where it leads out of the workspace or says nonsense', () => {
    for (const path of ['/etc/passwd', '../up', 'a/../../b', 'C:\\x', 'a\\b', ''])
      assert.equal(readLink(writeLink({ ...link, path })), undefined, path);
    for (const query of ['', 'path=a', 'path=a&start=5&end=5', 'path=a&start=-1&end=4', 'path=a&start=x&end=4'])
      assert.equal(readLink(query), undefined, query);
  });
});
