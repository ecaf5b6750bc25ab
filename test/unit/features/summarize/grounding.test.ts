import assert from 'node:assert/strict';
import type { EngineClient } from '../../../../src/ipc/engine/client';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type {
  CapturedSequence,
  CapturedStack,
  CaptureSubject,
  SequenceSegment,
  WeightsParams,
} from '../../../../src/ipc/engine/messages/attention';
import { lineShift, shifted } from '../../../../src/features/summarize/drift';
import { ExcerptBuilder } from '../../../../src/features/summarize/excerpt';
import type { Excerpt } from '../../../../src/features/summarize/excerpt';
import { carriers, groundsOf, together } from '../../../../src/features/summarize/grounding';
import { codeOf, pieceOf } from '../../../../src/features/summarize/pieces';
import type { CodePiece } from '../../../../src/features/summarize/pieces';
import { sentencesOf } from '../../../../src/features/summarize/sentences';
import { Summarizer } from '../../../../src/features/summarize/summarizer';
import type { SentenceEvidence, Summary } from '../../../../src/features/summarize/summary';
import { symbolsOf } from '../../../../src/syntax/symbols';
import { grammars } from '../../../support/grammars';
import { FakeWriter } from './fakeWriter';

/** An excerpt of a file that begins at one of its lines. */
function excerptOf(code: string, firstLine = 0): Excerpt {
  const builder = new ExcerptBuilder();
  builder.add(code, (line) => ({ first: firstLine + line, last: firstLine + line }));
  return builder.build();
}

/** Words with the blanks before them: each is a token. */
const tokensIn = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

function sequenceOf(parts: readonly { kind: SequenceSegment['kind']; text: string }[]): CapturedSequence {
  const texts: string[] = [];
  const ranges: number[] = [];
  const segments: SequenceSegment[] = [];
  let text = '';
  for (const part of parts) {
    const [from, start] = [texts.length, text.length];
    for (const own of part.kind === 'special' ? [''] : tokensIn(part.text)) {
      ranges.push(text.length, text.length + own.length);
      texts.push(own);
      text += own;
    }
    segments.push({ kind: part.kind, from, to: texts.length, start, end: text.length });
  }
  return { ids: Int32Array.from(texts, (_, at) => at), texts, text, ranges: Uint32Array.from(ranges), segments };
}

interface Asked {
  subject?: CaptureSubject;
  weights: WeightsParams[];
  released: number[];
}

/** An engine that captures what it is given and reads tokens as much as a rule says. */
function engineOf(
  sequences: CapturedSequence[],
  stack: Partial<CapturedStack>,
  weightOf: (token: string, asked: WeightsParams) => number,
) {
  const asked: Asked = { weights: [], released: [] };
  const form: CapturedStack = {
    kind: 'decoder',
    queries: 0,
    keys: 0,
    layers: 2,
    heads: 2,
    causal: true,
    kept: [true, true],
    valueWeighted: true,
    ...stack,
  };
  const request = ((method: string, params: never) => {
    if (method === 'capture') {
      asked.subject = (params as { subject: CaptureSubject }).subject;
      const stacks = form.kind === 'cross' ? [{ ...form, kind: 'encoder', keys: 0, queries: 0 }, form] : [form];
      return Promise.resolve({ capture: 7, way: 'softmax', sequences, stacks, sinkShares: [], timings: {}, bytes: 1 });
    }
    if (method === 'release') {
      asked.released.push((params as { capture: number }).capture);
      return Promise.resolve({});
    }
    const own = params as WeightsParams;
    asked.weights.push(own);
    const keys = sequences[form.keys] as CapturedSequence;
    return Promise.resolve({
      values: Float32Array.from(keys.texts, (token) => weightOf(token.trim(), own)),
      sinkShare: 0,
      effectiveContext: 1,
    });
  }) as unknown as EngineClient['request'];
  return { engine: { request }, asked };
}

const code = 'function f(a) {\n  first(a);\n\n  second(a);\n}\n';
const said = 'Calls first. Then calls second.';
const prompt = sequenceOf([
  { kind: 'special', text: '' },
  { kind: 'path', text: 'a.ts\n' },
  { kind: 'context', text: code },
  { kind: 'special', text: '' },
  { kind: 'generated', text: said },
]);
const promptLength = prompt.segments.at(-1)?.from ?? 0;

const evidence = (more: Partial<SentenceEvidence> = {}): SentenceEvidence => ({
  model: '/m',
  role: 'decoder',
  text: said,
  promptIds: Int32Array.from({ length: promptLength }, (_, at) => at),
  tokens: tokensIn(said).map((text, at) => ({ id: promptLength + at, text, logprob: 0 })),
  excerpt: excerptOf(code, 10),
  ...more,
});

describe('what a sentence stands on', () => {
  it('are the lines that were read while it was written, by value-weighted attention of its own tokens', async () => {
    const { engine, asked } = engineOf([prompt], {}, (token, { tokens }) => {
      const isFirst = tokens.from === promptLength - 1;
      return token.startsWith(isFirst ? 'first' : 'second')
        ? 0.6
        : token.startsWith('function')
          ? 0.2
          : token === '}' || token === 'a.ts'
            ? 5
            : 0;
    });
    const grounds = await groundsOf(engine, evidence());
    assert.deepEqual(
      grounds.map((one) => one.map(({ first, last, share }) => [first, last, share.toFixed(2)])),
      [
        [
          [11, 11, '0.75'],
          [10, 10, '0.25'],
        ],
        [
          [13, 13, '0.75'],
          [10, 10, '0.25'],
        ],
      ],
    );
    assert.deepEqual(
      asked.weights.map(({ tokens, heads, direction, layer }) => [tokens, heads, direction, layer]),
      [
        [{ from: promptLength - 1, to: promptLength + 1 }, 'value-weighted', 'reads', undefined],
        [{ from: promptLength + 1, to: promptLength + 4 }, 'value-weighted', 'reads', undefined],
      ],
    );
    assert.deepEqual(asked.subject, {
      kind: 'prompt',
      promptIds: evidence().promptIds,
      generatedIds: Int32Array.from(evidence().tokens, ({ id }) => id),
    });
    assert.deepEqual(asked.released, [7]);
    assert.deepEqual(
      together(grounds).map(({ first, share }) => [first, share.toFixed(3)]),
      [
        [11, '0.375'],
        [13, '0.375'],
        [10, '0.250'],
      ],
    );
  });

  it('is asked of each layer that is kept, where memory does not do for all, and of plain attention where values cannot be weighed', async () => {
    const { engine, asked } = engineOf(
      [prompt],
      { layers: 3, kept: [true, false, true], valueWeighted: false },
      (token, { layer }) => (token.startsWith(layer === 0 ? 'first' : 'second') ? 1 : 0),
    );
    const [one] = await groundsOf(engine, evidence({ text: 'Calls first and then calls second.' }));
    assert.deepEqual(
      one?.map(({ first, share }) => [first, share]),
      [
        [11, 0.5],
        [13, 0.5],
      ],
    );
    assert.deepEqual(
      asked.weights.map(({ layer, heads }) => [layer, heads]),
      [
        [0, 'mean'],
        [2, 'mean'],
      ],
    );
  });

  it('is what an encoder-decoder read across its sequences', async () => {
    const source = sequenceOf([
      { kind: 'text', text: code },
      { kind: 'special', text: '' },
    ]);
    const target = sequenceOf([
      { kind: 'special', text: '' },
      { kind: 'text', text: said },
    ]);
    const { engine, asked } = engineOf([source, target], { kind: 'cross', queries: 1, keys: 0 }, (token) =>
      token.startsWith('second') ? 1 : 0,
    );
    const grounds = await groundsOf(engine, evidence({ role: 'encoder-decoder' }));
    assert.deepEqual(
      grounds.map((one) => one.map(({ first }) => first)),
      [[13], [13]],
    );
    assert.deepEqual(asked.subject, { kind: 'text', text: code, target: said });
    assert.deepEqual(
      asked.weights.map(({ stack, tokens }) => [stack, tokens]),
      [
        [1, { from: 0, to: 2 }],
        [1, { from: 2, to: 5 }],
      ],
    );
  });

  it('is found in the code, not in words around it that begin like it, and in its beginning where no more was read', async () => {
    const cut = code.slice(0, code.indexOf('second'));
    const chat = sequenceOf([
      { kind: 'text', text: `What is "function f(a) {\n  first"?\n\n${cut}<end>\n` },
      { kind: 'generated', text: said },
    ]);
    const length = chat.segments.at(-1)?.from ?? 0;
    const { engine } = engineOf([chat], {}, (token) =>
      token.startsWith('function') || token.startsWith('first') ? 1 : 0,
    );
    const [one] = await groundsOf(engine, evidence({ promptIds: new Int32Array(length) }));
    assert.deepEqual(
      one?.map(({ first, share }) => [first, share]),
      [
        [10, 0.5],
        [11, 0.5],
      ],
    );
  });

  it('cannot be said where the code is not in the prompt, and the capture is let go of all the same', async () => {
    const { engine, asked } = engineOf([prompt], {}, () => 1);
    await assert.rejects(
      groundsOf(engine, evidence({ excerpt: excerptOf('let other = 1;') })),
      (error) => error instanceof EngineError && error.code === 'invalid',
    );
    assert.deepEqual(asked.released, [7]);
  });

  it('is told by the few heaviest lines', () => {
    const ground = (first: number, share: number) => ({ first, last: first, share });
    assert.deepEqual(
      carriers([ground(4, 0.5), ground(2, 0.3), ground(3, 0.2)]).map(({ first }) => first),
      [4, 2],
    );
    assert.equal(carriers(Array.from({ length: 40 }, (_, n) => ground(n, 1 / 40))).length, 6);
    assert.deepEqual(carriers([]), []);
  });
});

describe("the lines that a model's code stands for", () => {
  const origins = ({ text }: Excerpt, excerpt: Excerpt) =>
    text.split('\n').map((line, at) => {
      const lines = excerpt.origin(at);
      return `${line.trim()} ${lines === undefined ? '-' : lines.first === lines.last ? lines.first : `${lines.first}-${lines.last}`}`.trim();
    });

  for (const lineBreak of ['\n', '\r\n']) {
    it(`are known without its documentation, and with what its parts do in their place${lineBreak === '\n' ? '' : ', with CRLF'}`, async () => {
      const text =
        'import x\n\n@cached\nclass A:\n    """Says A.\n\n    Twice."""\n\n    def f(self):\n        a = 1\n        return a\n\n    def g(self): return 2\n'.replaceAll(
          '\n',
          lineBreak,
        );
      const symbols = await symbolsOf(text, 'a.py', grammars);
      const piece = pieceOf({ ...symbols[0]!, kind: 'symbol', symbol: symbols[0] }, symbols);
      const [f] = piece.children as [CodePiece];
      const excerpt = codeOf(text, piece, new Map([[f, 'Says f.']]), '#');
      assert.deepEqual(origins(excerpt, excerpt), [
        '@cached 2',
        'class A: 3',
        '-',
        'def f(self):  # Says f. 8-10',
        '-',
        'def g(self): return 2 12',
      ]);
      const rest = excerpt.slice(excerpt.text.indexOf('    def f'), excerpt.text.length);
      assert.deepEqual(rest.origin(0), { first: 8, last: 10 });
      assert.deepEqual(excerpt.originOf(0, excerpt.text.indexOf('# Says')), { first: 2, last: 10 });
      assert.deepEqual(origins(excerpt.closed(), excerpt.closed()).slice(-2), ['def g(self): return 2 12', '-']);
    });
  }

  it('are the lines of the file also where it was told by its parts', async () => {
    const functions = Array.from(
      { length: 30 },
      (_, n) => `function f${n}(a) {\n${'  a = a + 1;\n'.repeat(20)}  return a;\n}\n`,
    ).join('\n');
    const writer = new FakeWriter((own) => `Declares ${/function (\w+)/.exec(own)?.[1] ?? 'nothing'}.`);
    const summarizer = new Summarizer(writer, grammars);
    const request = {
      text: functions,
      path: 'a.js',
      selection: { start: 0, end: functions.length },
      mode: 'outline' as const,
      model: '/m',
      attempt: 0,
    };
    const summary = (await summarizer.summarize(request, () => undefined)) as Summary;
    const of7 = summary.parts[7]?.sentence?.evidence?.excerpt;
    assert.deepEqual(
      [of7?.origin(0), of7?.origin(22)],
      [
        { first: 7 * 24, last: 7 * 24 },
        { first: 7 * 24 + 22, last: 7 * 24 + 22 },
      ],
    );
    const whole = summary.main?.evidence?.excerpt;
    const line = whole?.text.split('\n').findIndex((one) => one.startsWith('function f7(')) ?? -1;
    if (line >= 0) assert.deepEqual(whole?.origin(line), { first: 7 * 24, last: 7 * 24 + 22 });
    else assert.deepEqual(whole?.originOf(0, whole.text.length), { first: 0, last: 29 * 24 + 22 });
  });
});

describe('the sentences of a text', () => {
  const split = (text: string) => sentencesOf(text).map(({ start, end }) => text.slice(start, end));
  it('end with a stop before what may begin another, or with their paragraph', () => {
    assert.deepEqual(split('  Adds a.b to `x`.  Returns 3.5 (see A.B)! "No." Ends\n\nThen rests'), [
      'Adds a.b to `x`.',
      'Returns 3.5 (see A.B)!',
      '"No."',
      'Ends',
      'Then rests',
    ]);
    assert.deepEqual(split('Reads files, e.g. JSON ones, etc. and i.e. Others.'), [
      'Reads files, e.g. JSON ones, etc. and i.e. Others.',
    ]);
    assert.deepEqual(split(' \n'), []);
  });
  it('are as many where blanks are wider', () => {
    const text = 'One a.\nTwo b.  Three\n \n\n Four.';
    assert.deepEqual(
      split(text).map((one) => one.replaceAll(/\s+/g, ' ')),
      split('One a. Two b. Three\n\nFour.'),
    );
  });
});

describe('a line of a file that is edited', () => {
  const at = (line: number, character = 0) => ({ line, character });
  it('moves with lines that come and go before it', () => {
    const insertion = lineShift({ start: at(4), end: at(4), text: '/** x\n */\n' });
    assert.deepEqual(
      [3, 4, 9].map((line) => shifted(line, [insertion])),
      [3, 6, 11],
    );
    const deletion = lineShift({ start: at(4), end: at(6), text: '' });
    assert.deepEqual(
      [4, 6, 9].map((line) => shifted(line, [insertion, deletion])),
      [4, 6, 9],
    );
    assert.deepEqual(lineShift({ start: at(2, 3), end: at(2, 5), text: 'abc' }), { from: 3, by: 0 });
    assert.equal(shifted(2, [lineShift({ start: at(2, 3), end: at(2, 3), text: '\n' })]), 2);
  });
});
