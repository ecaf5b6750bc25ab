import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { SegmentKind } from '../../../../src/features/inspector/messages';
import {
  difference,
  coarsestLevel,
  levelFor,
  rampIndex,
  robustMaximum,
} from '../../../../webview/inspector/model/cells';
import { css, divergingRamp, luminance, mix, parseColour, ramp } from '../../../../webview/inspector/model/colour';
import { glyphOf, visible } from '../../../../webview/inspector/model/glyphs';
import {
  cellAt,
  cellPlace,
  gridFor,
  revealed,
  thumbnailCells,
  visibleCells,
} from '../../../../webview/inspector/model/grid';
import { shareOf, strengths, strongest } from '../../../../webview/inspector/model/heat';
import { originsOf } from '../../../../webview/inspector/model/identifiers';
import { layOut, tokenAt, tokenBeside } from '../../../../webview/inspector/model/layout';
import { fileLinesOf, rollUp, textOf, unitsOf, unitSpan } from '../../../../webview/inspector/model/rollup';
import { PairTable } from '../../../../webview/inspector/model/similarity';
import { fitState, initialState, parseState, readState, writeState } from '../../../../webview/inspector/model/state';
import { clampViewport, fitAll, reveal, zoomAt } from '../../../../webview/inspector/model/viewport';

/** A sequence of tokens with the texts given; '' is a token that stands for no text. */
function sequenceOf(texts: readonly string[], kinds: readonly SegmentKind[] = texts.map(() => 'text')) {
  let at = 0;
  const ranges = texts.flatMap((text) => [at, (at += text.length)]);
  const segments = texts.map((_, i) => ({
    kind: kinds[i]!,
    from: i,
    to: i + 1,
    start: ranges[2 * i]!,
    end: ranges[2 * i + 1]!,
  }));
  return { text: texts.join(''), ranges: Uint32Array.from(ranges), segments };
}

/** All tokens in one segment. */
function plain(texts: readonly string[]) {
  const sequence = sequenceOf(texts);
  return {
    ...sequence,
    segments: [{ kind: 'text' as const, from: 0, to: texts.length, start: 0, end: sequence.text.length }],
  };
}

const drawn = (layout: ReturnType<typeof layOut>) =>
  layout.rows.map(
    ({ line, continued, pieces }) => `${continued ? '~' : line}|${pieces.map(({ text }) => text).join('·')}`,
  );

describe('the code view', () => {
  it('stands as the source does: lines, their numbers, and tokens that begin on one and go on on the next', () => {
    const layout = layOut(plain(['if', ' (x', ') {\n    ', 'go();', '\n', '}']), [7], 40);
    assert.deepEqual(drawn(layout), ['7|if· (x·) {·⏎', '8|    ·go();·⏎', '9|}']);
    assert.deepEqual([...layout.rowOf], [0, 0, 0, 1, 1, 2]);
    assert.equal(tokenAt(layout, 1, 2), 2);
    assert.equal(tokenAt(layout, 1, 30), undefined);
    assert.equal(tokenBeside(layout, 3, -1), 1);
    assert.equal(tokenBeside(layout, 0, 1), 2);
  });

  it('gives markers a row of their own, and counts lines for each part by itself', () => {
    const layout = layOut(
      sequenceOf(['', 'a.ts', '', 'x\ny'], ['special', 'path', 'special', 'prefix']),
      [0, 0, 0, 3],
      40,
    );
    assert.deepEqual(drawn(layout), ['0|◆', '0|a.ts', '0|◆', '3|x·⏎', '4|y']);
  });

  it('draws what the model does not read where it stands, and points at none of it', () => {
    // Words alone are tokens; the second segment begins with what is none.
    const text = 'Queue\n  go(a);\n}\n';
    const words = {
      text,
      ranges: Uint32Array.from([0, 5, 8, 10, 11, 12]),
      segments: [
        { kind: 'around' as const, from: 0, to: 1, start: 0, end: 6 },
        { kind: 'text' as const, from: 1, to: 3, start: 6, end: text.length },
      ],
    };
    const layout = layOut(words, [0, 7], 40);
    assert.deepEqual(drawn(layout), ['0|Queue·⏎', '7|  ·go·(·a·);·⏎', '8|}·⏎']);
    assert.deepEqual([...layout.rowOf], [0, 1, 1]);
    assert.equal(tokenAt(layout, 1, 0), undefined);
    assert.equal(tokenAt(layout, 1, 2), 1);
    assert.equal(tokenBeside(layout, 2, -1), 0);
    assert.deepEqual([...unitsOf(words, 'line').starts], [0, 1, 3]);
  });

  it('wraps between tokens, and within those that are longer than a row', () => {
    assert.deepEqual(drawn(layOut(plain(['abcdef', 'ghi', 'jklmnopqrstu']), [1], 8)), [
      '1|abcdef',
      '~|ghi·jklmn',
      '~|opqrstu',
    ]);
    const long = layOut(plain(Array.from({ length: 10_000 }, () => 'token ')), [1], 40);
    assert.ok(long.rows.every(({ pieces }) => pieces.reduce((sum, { width }) => sum + width, 0) <= 40));
    assert.equal(long.rows.length, Math.ceil(10_000 / 6));
  });

  it('puts a character that several tokens share where the first of them is', () => {
    const shared = {
      text: 'a🙂b',
      ranges: Uint32Array.from([0, 1, 1, 3, 1, 3, 3, 4]),
      segments: [{ kind: 'text' as const, from: 0, to: 4, start: 0, end: 4 }],
    };
    const layout = layOut(shared, [1], 20);
    assert.deepEqual(drawn(layout), ['1|a·🙂·b']);
    assert.deepEqual([...layout.rowOf], [0, 0, 0, 0]);
  });

  it('shows what would hide or turn the text round', () => {
    assert.deepEqual(glyphOf('\u202e', 0), { text: '‹202E›', width: 6 });
    assert.deepEqual(glyphOf('\u200b', 0), { text: '‹200B›', width: 6 });
    assert.deepEqual(glyphOf('\0', 0), { text: '‹00›', width: 4 });
    assert.deepEqual(glyphOf('\ud800', 0), { text: '‹D800›', width: 6 });
    assert.deepEqual([glyphOf('\t', 1).width, glyphOf('漢', 0).width, glyphOf('\u0301', 0).width], [3, 2, 0]);
    assert.equal(visible('a\n\u202eb\t'), 'a⏎‹202E›b⇥');
    assert.equal(visible(''), '◆');
  });

  it('draws every token once and loses no character, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { maxLength: 40 }),
        fc.integer({ min: 12, max: 30 }),
        (texts, columns) => {
          const layout = layOut(plain(texts), [1], columns);
          const seen = new Set(layout.rows.flatMap(({ pieces }) => pieces.map(({ token }) => token)));
          const visibleTexts = texts.flatMap((text, token) =>
            Array.from(text).some((character) => character !== '\r' && glyphOf(character, 0).width > 0) ? [token] : [],
          );
          for (const token of visibleTexts) assert.ok(seen.has(token), `token ${token}`);
          for (const row of layout.rows)
            for (const { column, width } of row.pieces) assert.ok(column + width <= columns + 1, JSON.stringify(row));
        },
      ),
    );
  });
});

describe('heat', () => {
  it('is relative to the strongest, without what lies below the threshold', () => {
    assert.deepEqual(
      [...strengths(new Float32Array([0, 0.01, 0.25, 1]), { threshold: 0.02, gamma: 0.5 })],
      [0, 0, 128, 255],
    );
    assert.deepEqual([...strengths(new Float32Array(3), { threshold: 0, gamma: 1 })], [0, 0, 0]);
  });

  it('finds the strongest, earlier ones first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), fc.integer({ min: 0, max: 6 }), (values, k) => {
        const expected = values
          .map((value, i) => ({ value, i }))
          .filter(({ value }) => value > 0)
          .sort((a, b) => b.value - a.value || a.i - b.i)
          .slice(0, k)
          .map(({ i }) => i);
        assert.deepEqual(strongest(values, k), expected);
      }),
    );
  });

  it('sums shares', () => {
    assert.equal(shareOf([1, 2, 1], 1, 2), 0.5);
    assert.equal(shareOf([0, 0], 0, 1), 0);
  });
});

describe('roll-ups', () => {
  const sequence = plain(['const', ' par', 'seLine', ' =', ' 1;\n', '', 'next']);

  it('join the tokens of an identifier, and those of a line', () => {
    assert.deepEqual([...unitsOf(sequence, 'token').starts], [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual([...unitsOf(sequence, 'symbol').starts], [0, 1, 3, 4, 5, 6, 7]);
    assert.deepEqual([...unitsOf(sequence, 'line').starts], [0, 5, 6, 7]);
    assert.deepEqual(unitSpan(unitsOf(sequence, 'symbol'), 2), { from: 1, to: 3 });
    assert.equal(textOf(sequence, 1, 3), ' parseLine');
  });

  it('know the lines of the file', () => {
    const parts = sequenceOf(['', 'a\nb', '', 'c\n', 'd'], ['special', 'prefix', 'special', 'suffix', 'suffix']);
    assert.deepEqual([...fileLinesOf(parts, [0, 3, 0, 9, 10])], [0, 3, 0, 9, 10]);
    assert.deepEqual([...fileLinesOf(plain(['x\n', 'y', '\n\n', 'z']), [5])], [5, 6, 6, 8]);
  });

  it('sum what is read, and average who reads', () => {
    const units = unitsOf(sequence, 'symbol');
    const values = new Float32Array([1, 2, 4, 0, 0, 0, 0]);
    assert.deepEqual([...rollUp(values, units, 'sum')], [1, 6, 6, 0, 0, 0, 0]);
    assert.deepEqual([...rollUp(values, units, 'mean')], [1, 3, 3, 0, 0, 0, 0]);
  });
});

describe('the state of the view', () => {
  it('goes into a link and back, and nonsense is the beginning', () => {
    const state = {
      ...initialState,
      view: 'matrix' as const,
      layer: 2,
      heads: 3,
      focus: 17,
      against: { layer: 0, head: 1 },
    };
    assert.deepEqual(parseState(writeState(state)), state);
    assert.equal(writeState(initialState), '{}');
    for (const nonsense of ['', '[', 'null', '7', '{"view":"evil","layer":-1}'])
      assert.deepEqual(parseState(nonsense), initialState, nonsense);
    assert.deepEqual(readState({ layer: 'all', gamma: 99 }), initialState);
  });

  it('is brought to what the capture has', () => {
    const bounds = {
      stacks: [{ layers: 2, heads: 2, valueWeighted: false, queries: 0, keys: 0 }],
      tokens: [10],
      generated: false,
      other: false,
      apart: false,
    };
    assert.deepEqual(
      fitState(
        { ...initialState, stack: 4, layer: 9, heads: 7, focus: 10, view: 'why', against: { layer: 5, head: 0 } },
        bounds,
      ),
      {
        ...initialState,
        stack: 0,
        layer: 1,
        heads: 1,
        focus: null,
        view: 'code',
        against: null,
      },
    );
    assert.equal(fitState({ ...initialState, layer: null, heads: 1 }, bounds).heads, 'mean');
  });
});

describe('cells', () => {
  const plainOptions = { threshold: 0, gamma: 1, withoutSink: false, diverging: false };

  it('become colours by their weight, with and without the sink', () => {
    assert.equal(rampIndex(255, 0, false, 1, plainOptions), 255);
    assert.equal(rampIndex(128, 0, false, 1, plainOptions), Math.round(255 * (128 / 255) ** 2));
    assert.equal(rampIndex(200, 255, true, 1, { ...plainOptions, withoutSink: true }), 0);
    const half = Math.round(255 * Math.SQRT1_2);
    assert.ok(rampIndex(half, half, false, 1, { ...plainOptions, withoutSink: true }) >= 252);
    assert.equal(rampIndex(30, 0, false, 1, { ...plainOptions, threshold: 0.1 }), 0);
    assert.equal(rampIndex(77, 0, false, 1, { ...plainOptions, diverging: true }), 77);
  });

  it('are scaled by what few exceed', () => {
    const cells = new Uint8Array(1000).fill(51);
    cells[0] = 255;
    assert.ok(Math.abs(robustMaximum(cells, 10, false) - 0.04) < 1e-6);
    assert.equal(robustMaximum(new Uint8Array(4), 2, false), 1);
  });

  it('differ around the middle', () => {
    assert.deepEqual([...difference(Uint8Array.of(255, 10, 0), Uint8Array.of(0, 10, 255))], [255, 128, 1]);
  });

  it('come from the level whose cells are a pixel at least', () => {
    assert.deepEqual([coarsestLevel(200), coarsestLevel(256), coarsestLevel(257), coarsestLevel(2048)], [0, 0, 1, 3]);
    assert.deepEqual(
      [levelFor(2, 3), levelFor(1, 3), levelFor(0.5, 3), levelFor(0.3, 3), levelFor(0.01, 3)],
      [0, 0, 1, 2, 3],
    );
  });
});

describe('the grid of heads', () => {
  it('is as wide as there is room, and knows what lies where', () => {
    for (const [layers, heads, width] of [
      [4, 4, 300],
      [12, 12, 300],
      [2, 40, 300],
      [6, 8, 1200],
    ] as const) {
      const grid = gridFor(layers, heads, width);
      assert.ok(grid.width <= Math.max(width, 26 + heads * 18), JSON.stringify(grid));
      const { x, y } = cellPlace(grid, { layer: layers - 1, head: heads - 1 });
      assert.deepEqual(cellAt(grid, x + 1, y + 1), { layer: layers - 1, head: heads - 1 });
      assert.equal(cellAt(grid, x + grid.side + grid.gap + 1, y), undefined);
      assert.equal(cellAt(grid, 2, 2), undefined);
    }
  });

  it('of 30 layers of 9 heads fits the panel at its usual widths, with all heads beside each other', () => {
    for (const [width, side] of [
      [300, 28],
      [340, 32],
      [600, 61],
      [900, 95],
    ] as const) {
      const grid = gridFor(30, 9, width);
      assert.equal(grid.side, side);
      assert.ok(grid.width <= width);
    }
    assert.deepEqual([16, 48, 49, 200].map(thumbnailCells), [48, 48, 64, 64]);
  });

  it('draws what is on screen alone, and shows all of a thumbnail that the keyboard goes to', () => {
    const grid = gridFor(30, 9, 340);
    const pitch = grid.side + grid.gap;
    const onScreen = { x: 0, y: 4.5 * pitch, width: grid.width, height: grid.top + 3 * pitch };
    assert.deepEqual([...new Set(visibleCells(grid, onScreen).map(({ layer }) => layer))], [4, 5, 6, 7]);
    const all = visibleCells(grid, { x: 0, y: 0, width: grid.width, height: grid.height });
    assert.deepEqual(
      all.map(({ index }) => index),
      Array.from({ length: 270 }, (_, index) => index),
    );
    const place = fc.record({ layer: fc.nat(29), head: fc.nat(8) });
    const window = fc.record({
      x: fc.nat(200),
      y: fc.nat(900),
      width: fc.integer({ min: 70, max: 330 }),
      height: fc.integer({ min: 60, max: 600 }),
    });
    fc.assert(
      fc.property(place, window, (cell, before) => {
        const after = { ...before, ...revealed(grid, before, cell) };
        const { x, y } = cellPlace(grid, cell);
        assert.ok(x - after.x >= grid.left && x + grid.side - after.x <= after.width);
        assert.ok(y - after.y >= grid.top && y + grid.side - after.y <= after.height);
        assert.deepEqual(revealed(grid, after, cell), { x: after.x, y: after.y }, 'then it stays');
      }),
    );
  });
});

describe('the viewport of the matrix', () => {
  const extent = { rows: 2000, columns: 2000, width: 300, height: 200 };

  it('shows everything at first, and nothing beyond', () => {
    const all = fitAll(extent);
    assert.equal(all.scale, 0.1);
    assert.deepEqual(clampViewport({ x: -5, y: 9999, scale: 1 }, extent), { x: 0, y: 1800, scale: 1 });
    assert.equal(clampViewport({ x: 0, y: 0, scale: 1e9 }, extent).scale, 28);
  });

  it('keeps what lies under the pointer when it zooms, and brings cells into sight', () => {
    const zoomed = zoomAt({ x: 100, y: 50, scale: 1 }, extent, 4, 150, 100);
    assert.equal(zoomed.x + 150 / zoomed.scale, 250);
    assert.equal(zoomed.y + 100 / zoomed.scale, 150);
    const { x, y } = reveal({ x: 0, y: 0, scale: 10 }, extent, 500, 5);
    assert.deepEqual({ x, y }, { x: 0, y: 481 });
  });
});

describe('names that a model wrote', () => {
  it('are copied, renamed or new', () => {
    const found = originsOf('const lineCounts = parseLine(quux);', 'function parseLine(text) {}\nlet lineCount = 1;');
    assert.deepEqual(
      found.map(({ name, origin, source }) => [name, origin, source]),
      [
        ['lineCounts', 'renamed', 'lineCount'],
        ['parseLine', 'copied', 'parseLine'],
        ['quux', 'new', undefined],
      ],
    );
    assert.equal(found[1]?.sourceStart, 9);
  });
});

describe('colours', () => {
  it('are read as themes write them', () => {
    assert.deepEqual(
      [
        parseColour('#fff', [0, 0, 0]),
        parseColour(' #1f6FEB80', [0, 0, 0]),
        parseColour('rgba(1, 2, 3, 0.5)', [0, 0, 0]),
        parseColour('inherit', [9, 9, 9]),
      ],
      [
        [255, 255, 255],
        [31, 111, 235],
        [1, 2, 3],
        [9, 9, 9],
      ],
    );
    assert.equal(css(mix([0, 0, 0], [100, 200, 50], 0.5), 0.5), 'rgb(50 100 25 / 0.5)');
  });

  it('of a ramp begin with the background and grow away from it', () => {
    const colours = ramp([30, 30, 30], [55, 148, 255], [255, 255, 255]);
    const at = (i: number) => luminance([colours[4 * i]!, colours[4 * i + 1]!, colours[4 * i + 2]!]);
    assert.deepEqual([...colours.slice(0, 4)], [30, 30, 30, 255]);
    for (let i = 1; i < 256; i++) assert.ok(at(i) >= at(i - 1) - 1e-3, `${i}`);
    assert.deepEqual(
      [...divergingRamp([255, 0, 0], [0, 0, 0], [0, 0, 255]).slice(4 * 128, 4 * 128 + 4)],
      [0, 0, 0, 255],
    );
  });
});

describe('pairs of tokens', () => {
  const pairs = Float32Array.from([0.5, -0.1, 0, 0.2, 0.1, -0.4]);
  const table = new PairTable(pairs, 2, 3);

  it('are summed up either way, to the whole in both', () => {
    const close = (values: Float32Array, wanted: number[]): void => {
      assert.equal(values.length, wanted.length);
      values.forEach((value, at) =>
        assert.ok(Math.abs(value - wanted[at]!) < 1e-6, `${values.join()} for ${wanted.join()}`),
      );
    };
    close(table.questionSums, [0.4, -0.1]);
    close(table.codeSums, [0.7, 0, -0.4]);
    close(table.sums({ from: 1, to: 2 }, 'reads'), [0.2, 0.1, -0.4]);
    close(table.sums({ from: 1, to: 3 }, 'readBy'), [-0.1, -0.3]);
    assert.ok(Math.abs(table.at(1, 2) + 0.4) < 1e-6);
  });

  it('are drawn by their part of the largest, and from afar by the one that is furthest from nothing', () => {
    const cell = (value: number): number => Math.round(128 + 127 * Math.sign(value) * Math.sqrt(Math.abs(value) / 0.5));
    assert.deepEqual([...table.cells(0, { x: 1, y: 0, width: 9, height: 9 }).data], [-0.1, 0, 0.1, -0.4].map(cell));
    assert.deepEqual(table.cells(1, { x: 0, y: 0, width: 9, height: 9 }), {
      width: 2,
      height: 1,
      data: Uint8Array.from([cell(0.5), cell(-0.4)]),
    });
    assert.deepEqual(
      [...new PairTable(new Float32Array(2), 1, 2).cells(0, { x: 0, y: 0, width: 2, height: 1 }).data],
      [128, 128],
    );
  });
});
