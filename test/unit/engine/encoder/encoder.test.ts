import assert from 'node:assert/strict';
import { Encoder } from '../../../../src/engine/encoder/encoder';
import { nextBatch } from '../../../../src/engine/encoder/batches';
import { readGraph } from '../../../../src/engine/encoder/graph';
import { EncoderPace } from '../../../../src/engine/encoder/pace';
import { normalize, pool } from '../../../../src/engine/encoder/pooling';
import { TextFramer } from '../../../../src/engine/encoder/texts';
import type { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { EncoderFolder, Pooling } from '../../../../src/modelFolder/layouts/types';
import type { Session, Tensor, Tensors, ValueInfo } from '../../../../src/engine/runtime/session';

const folder: EncoderFolder = {
  role: 'encoder',
  path: '/m',
  name: 'little',
  contextLength: 8,
  vocabularySize: 300,
  graph: '/m/model.onnx',
  tokenizerConfig: undefined,
  tokenizer: { post_processor: { type: 'BertProcessing', cls: ['[CLS]', 101], sep: ['[SEP]', 102] } },
  pooling: 'mean',
  needsFinishedVectors: false,
  prefixes: { query: 'q:', document: '' },
  poolsPrefix: true,
  marks: {},
  pad: '[PAD]',
  trims: false,
  lowerCase: false,
};
/** One token for each character. */
const letters = {
  encode: (text: string) => Array.from(text, (letter) => letter.charCodeAt(0)),
  special: (text: string) => ({ '[PAD]': 0, '<q>': 7 })[text],
};
const ids = (text: string) => letters.encode(text);

describe('texts for an encoder', () => {
  it('stand between the tokens that the tokenizer puts around them, behind their prefix', () => {
    const framer = new TextFramer(folder, letters);
    assert.deepEqual(framer.frame('document', 'abc'), {
      ids: Int32Array.of(101, ...ids('abc'), 102),
      unpooled: 0,
      truncated: false,
    });
    assert.deepEqual(framer.frame('query', 'abc').ids, Int32Array.of(101, ...ids('q:abc'), 102));
  });

  it('are cut to the context, never what stands around them', () => {
    const cut = new TextFramer(folder, letters).frame('document', 'abcdefgh');
    assert.deepEqual(cut, { ids: Int32Array.of(101, ...ids('abcdef'), 102), unpooled: 0, truncated: true });
  });

  it('follow a special token where the model was trained with one', () => {
    const framer = new TextFramer(
      { ...folder, marks: { query: '<q>' }, prefixes: { query: '', document: '' } },
      letters,
    );
    assert.deepEqual(framer.frame('query', 'a').ids, Int32Array.of(101, 7, ...ids('a'), 102));
    assert.deepEqual(framer.frame('document', 'a').ids, Int32Array.of(101, ...ids('a'), 102));
  });

  it('are trimmed and lower-cased where the model wants that', () => {
    const framer = new TextFramer({ ...folder, trims: true, lowerCase: true }, letters);
    assert.deepEqual(framer.frame('document', '\x1c\tAb \u0085').ids, Int32Array.of(101, ...ids('ab'), 102));
    assert.deepEqual(framer.frame('document', '\ufeffA').ids, Int32Array.of(101, ...ids('\ufeffa'), 102));
  });

  it('say how much of them is prefix, where that does not count', () => {
    const framer = new TextFramer({ ...folder, poolsPrefix: false }, letters);
    assert.equal(framer.frame('query', 'a').unpooled, 3);
    assert.equal(framer.frame('document', 'a').unpooled, 0);
  });

  it('need room, and special tokens that the tokenizer knows', () => {
    const fails = (changes: Partial<EncoderFolder>, sentence: RegExp) =>
      assert.throws(
        () => new TextFramer({ ...folder, ...changes }, letters).padId,
        (error) => error instanceof EngineError && sentence.test(error.message),
      );
    fails({ contextLength: 2 }, /no room for a text/);
    fails({ marks: { query: '<x>' } }, /no special token <x>/);
    fails({ pad: '<x>' }, /no special token <x>/);
  });
});

describe('batches', () => {
  it('hold the longest texts that fit together with little padding', () => {
    assert.equal(nextBatch([10, 10, 10, 10], 30), 3);
    assert.equal(nextBatch([1, 9, 10], 100), 2);
    assert.equal(nextBatch([500], 30), 1);
    assert.equal(nextBatch(Array<number>(1_000).fill(1), 1e6), 64);
  });

  it('hold every text once, however long', () => {
    const lengths = Array.from({ length: 300 }, (_, i) => 1 + ((i * i) % 97)).sort((a, b) => a - b);
    let runs = 0;
    for (let left = lengths; left.length > 0; runs++) {
      const count = nextBatch(left, 256);
      assert.ok(count >= 1 && (count === 1 || count * left.at(-1)! <= 256));
      left = left.slice(0, -count);
    }
    assert.ok(runs < 100);
  });

  it('grow to what the machine does in 30 ms, and shrink at once', () => {
    const pace = new EncoderPace();
    for (let run = 0; run < 20; run++) pace.record(pace.tokens, pace.tokens * 0.05);
    assert.ok(pace.tokens > 300 && pace.tokens <= 600, String(pace.tokens));
    pace.record(pace.tokens, pace.tokens * 0.5);
    assert.ok(pace.tokens <= 60);
  });
});

describe('pooling', () => {
  const values = Float32Array.of(9, 9, /* the text: */ 1, -8, 3, 4, 5, 2, /* padding: */ 100, 100);
  const pooled = (pooling: Pooling, unpooled = 0) => {
    const into = new Float32Array(2);
    pool(pooling, { values, dimension: 2, first: 1, length: 3, unpooled }, into);
    return Array.from(into);
  };

  it('takes the tokens of the text alone', () => {
    assert.deepEqual(pooled('mean'), [9, -2]);
    assert.deepEqual(pooled('weightedMean'), [1 + 6 + 15, -8 + 8 + 6]);
    assert.deepEqual(pooled('max'), [5, 4]);
    assert.deepEqual(pooled('first'), [1, -8]);
    assert.deepEqual(pooled('last'), [5, 2]);
  });

  it('leaves a prefix out, unless there is nothing else', () => {
    assert.deepEqual(pooled('mean', 1), [8, 6]);
    assert.deepEqual(pooled('max', 2), [5, 2]);
    assert.deepEqual(pooled('mean', 3), [9, -2]);
  });

  it('ends in a vector of length 1, or of none', () => {
    const vector = Float32Array.of(3, 4);
    normalize(vector);
    assert.deepEqual(Array.from(vector), [Math.fround(0.6), Math.fround(0.8)]);
    const nothing = new Float32Array(2);
    normalize(nothing);
    assert.deepEqual(Array.from(nothing), [0, 0]);
  });
});

describe('the graph of an encoder', () => {
  const value = (name: string, shape: ValueInfo['shape'], type: ValueInfo['type'] = 'float32'): [string, ValueInfo] => [
    name,
    { name, type, shape },
  ];
  const ids = value('input_ids', ['b', 's'], 'int64');
  const hidden = value('last_hidden_state', ['b', 's', 24]);
  const read = (inputs: [string, ValueInfo][], outputs: [string, ValueInfo][], changes: Partial<EncoderFolder> = {}) =>
    readGraph({ inputs: new Map(inputs), outputs: new Map(outputs) }, { ...folder, ...changes });

  it('gives vectors of tokens, or of texts where it has them', () => {
    assert.deepEqual(read([ids], [hidden]), {
      takes: new Set(['input_ids']),
      caches: [],
      output: 'last_hidden_state',
      finished: false,
      tokenOutput: 'last_hidden_state',
    });
    const { output, finished } = read([ids], [hidden, value('sentence_embedding', ['b', 24])]);
    assert.deepEqual([output, finished], ['sentence_embedding', true]);
  });

  it('may be a decoder, whose cache stays empty', () => {
    const cache = value('past_key_values.0.key', ['b', 2, 'p', 16], 'float16');
    assert.deepEqual(read([ids, cache], [hidden]).caches, [
      { name: 'past_key_values.0.key', type: 'float16', heads: 2, headSize: 16 },
    ]);
  });

  const wrong: Record<string, [() => unknown, RegExp]> = {
    'no tokens': [() => read([], [hidden]), /has no input input_ids/],
    'tokens of another type': [() => read([value('input_ids', ['b', 's'], 'int32')], [hidden]), /input_ids as int32/],
    'an unknown input': [() => read([ids, value('pixels', [1])], [hidden]), /wants the input pixels/],
    'logits alone': [
      () => read([ids], [value('logits', ['b', 's', 99])]),
      /gives logits and no last_hidden_state; export it/,
    ],
    'vectors of integers': [() => read([ids], [value('last_hidden_state', ['b', 's', 24], 'int8')]), /as int8/],
    'another dimension': [
      () => read([ids], [hidden], { dimension: 25 }),
      /vectors of 24 numbers, but the folder says 25/,
    ],
    'steps that are missing': [
      () => read([ids], [hidden], { needsFinishedVectors: true }),
      /no output sentence_embedding/,
    ],
  };
  for (const [name, [run, sentence]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, () =>
      assert.throws(
        run,
        (error) => error instanceof EngineError && error.code === 'modelInvalid' && sentence.test(error.message),
      ));
  }
});

/** Two numbers for each token; says whether runs leave processors to others. */
class OneVectorSession {
  readonly inputs = new Map<string, ValueInfo>([
    ['input_ids', { name: 'input_ids', type: 'int64', shape: ['b', 's'] }],
  ]);
  readonly outputs = new Map<string, ValueInfo>([
    ['last_hidden_state', { name: 'last_hidden_state', type: 'float32', shape: ['b', 's', 2] }],
  ]);

  constructor(private readonly ran: () => void) {}

  tensor(type: Tensor['type'], data: Tensor['data'], dims: readonly number[]): Tensor {
    return { type, data, dims };
  }

  run({ input_ids: ids }: Tensors): Promise<Tensors> {
    this.ran();
    const dims = [...(ids?.dims ?? []), 2];
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(1);
    return Promise.resolve({ last_hidden_state: this.tensor('float32', data, dims) });
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

describe('an encoder', () => {
  it('has a thread of its own for short texts once work in the background has opened it', async () => {
    const lanes: string[] = [];
    const encoder = await Encoder.open(folder, letters as unknown as Tokenizer, {
      threads: 2,
      session: ({ background }) =>
        Promise.resolve(
          new OneVectorSession(() => lanes.push(background === true ? 'one' : 'all')) as unknown as Session,
        ),
    });
    const lanesOf = async (texts: readonly string[], busy?: () => boolean): Promise<string[]> => {
      lanes.length = 0;
      await encoder.embed({ kind: 'document', texts, ...(busy && { busy }) }, () =>
        Promise.resolve(undefined as never),
      );
      return [...new Set(lanes)];
    };
    const many = Array.from({ length: 40 }, (_, at) => `text${at}`);
    assert.deepEqual(await lanesOf(['abc']), ['all']);
    assert.deepEqual(await lanesOf(many, () => true), ['one']);
    assert.deepEqual(await lanesOf(many, () => false), ['all']);
    assert.deepEqual(await lanesOf(['abc']), ['one']);
    assert.deepEqual(await lanesOf(many), ['all']);
    await encoder.dispose();
  });
});
