import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parseCommand, parsePosition } from '../../../src/cli/arguments';
import { UsageError } from '../../../src/cli/usage';

const common = { model: '/embedded', threads: 0, device: 'auto', mode: 'line', copying: true, maxTokens: undefined };
const read = (line: string) =>
  parseCommand(
    line.split(' ').filter((word) => word !== ''),
    '/embedded',
  );

describe('arguments of the command line', () => {
  it('complete takes a place', () => {
    const position = { path: 'src/a.ts', line: 12, column: 5 };
    assert.deepEqual(read('complete src/a.ts:12:5'), { kind: 'complete', position, json: false, ...common });
  });

  it('options may stand anywhere', () => {
    assert.deepEqual(read('--json complete --model m src/a.ts:1:1 --mode block --max-tokens 9 --threads 2'), {
      kind: 'complete',
      position: { path: 'src/a.ts', line: 1, column: 1 },
      json: true,
      model: resolve('m'),
      threads: 2,
      device: 'auto',
      mode: 'block',
      copying: true,
      maxTokens: 9,
    });
  });

  it('complete --batch takes none', () => {
    assert.deepEqual(read('complete --batch'), { kind: 'batch', ...common });
    assert.deepEqual(read('complete --batch --no-copying'), { kind: 'batch', ...common, copying: false });
  });

  it('embed --batch takes none, and says what the texts are', () => {
    assert.deepEqual(read('embed --batch'), { kind: 'embed', query: false, ...common });
    assert.deepEqual(read('embed --batch --query'), { kind: 'embed', query: true, ...common });
    assert.throws(() => read('embed text'), UsageError);
  });

  it('replay takes paths', () => {
    assert.deepEqual(read('replay a.ts b.py --keys 50'), {
      kind: 'replay',
      paths: ['a.ts', 'b.py'],
      keys: 50,
      json: false,
      ...common,
    });
  });

  it('doctor takes options only, and knows whose model it is', () => {
    const doctor = { kind: 'doctor', model: '/embedded', comesWith: true, threads: 0, device: 'auto' };
    assert.deepEqual(read('doctor'), doctor);
    assert.deepEqual(read('doctor --model m --threads 2 --device cpu'), {
      ...doctor, model: resolve('m'), comesWith: false, threads: 2, device: 'cpu',
    });
    assert.throws(() => read('doctor a'), UsageError);
  }); // prettier-ignore

  it('next-edit takes two versions of a file, and where to look', () => {
    const versions = { kind: 'nextEdit', before: 'old.ts', after: 'a.ts' };
    assert.deepEqual(read('next-edit --before old.ts --after a.ts'), { ...versions, folder: undefined });
    assert.deepEqual(read('next-edit --before old.ts --after a.ts --in src'), { ...versions, folder: 'src' });
    for (const line of ['next-edit', 'next-edit --before a.ts', 'next-edit --before a.ts --after b.ts c.ts'])
      assert.throws(() => read(line), UsageError, line);
  });

  it('index takes a folder', () => {
    assert.deepEqual(read('index src --json'), {
      kind: 'index',
      folder: 'src',
      json: true,
      verify: false,
      rebuild: false,
    });
    assert.deepEqual(read('index --verify --rebuild .'), {
      kind: 'index',
      folder: '.',
      json: false,
      verify: true,
      rebuild: true,
    });
  });

  it('search takes a question of any number of words', () => {
    assert.deepEqual(read('search where is it --in src --top 3 --lexical'), {
      kind: 'search',
      query: 'where is it',
      folder: 'src',
      mode: 'lexical',
      top: 3,
      json: false,
    });
    assert.deepEqual(read('search it'), {
      kind: 'search',
      query: 'it',
      folder: '.',
      mode: 'hybrid',
      top: 10,
      json: false,
    });
    assert.throws(() => read('search it --lexical --dense'), /--lexical and --dense exclude each other/);
  });

  it('attend takes lines, a file or a place, and writes one thing', () => {
    const whole = {
      kind: 'attend',
      place: { path: 'a.ts', lines: undefined },
      model: '/embedded',
      threads: 0,
      layer: undefined,
      heads: 'value-weighted',
      output: { kind: 'lines' },
    };
    assert.deepEqual(read('attend a.ts'), whole);
    assert.deepEqual(read('attend a.ts:3-9 --json'), {
      ...whole,
      place: { path: 'a.ts', lines: { from: 3, to: 9 } },
      output: { kind: 'json' },
    });
    assert.deepEqual(read('attend a.ts:3:9 --layer 1 --head 0 --npy o'), {
      ...whole,
      place: { path: 'a.ts', line: 3, column: 9 },
      layer: 1,
      heads: 0,
      output: { kind: 'npy', file: 'o' },
    });
    assert.deepEqual(read('attend a.ts:3-9 --html o'), {
      ...whole,
      place: { path: 'a.ts', lines: { from: 3, to: 9 } },
      output: { kind: 'html', file: 'o' },
    });
    assert.deepEqual(read('attend a.ts --aggregate rollout --session o'), {
      ...whole,
      heads: 'rollout',
      output: { kind: 'session', file: 'o' },
    });
  });

  it('search and similar take what is asked from standard input', () => {
    assert.deepEqual(read('search --batch --in src --top 3 --dense'), {
      kind: 'searchBatch',
      asks: 'question',
      folder: 'src',
      mode: 'dense',
      top: 3,
    });
    assert.deepEqual(read('similar --batch'), {
      kind: 'searchBatch',
      asks: 'code',
      folder: '.',
      mode: 'hybrid',
      top: 10,
    });
    assert.throws(() => read('search it --batch'), /read from standard input/);
    assert.throws(() => read('similar a.ts --batch'), /read from standard input/);
  });

  it('similar takes a question and lines, and writes one thing', () => {
    const line = {
      kind: 'similar',
      question: 'wait',
      place: { path: 'a.ts', lines: { from: 3, to: 9 } },
      model: undefined,
      threads: 0,
      output: { kind: 'lines' },
    };
    assert.deepEqual(read('similar wait a.ts:3-9'), line);
    assert.deepEqual(
      parseCommand(['similar', 'wait a little', 'a.ts', '--json', '--model', 'm', '--threads', '1'], '/embedded'),
      {
        ...line,
        question: 'wait a little',
        place: { path: 'a.ts', lines: undefined },
        model: resolve('m'),
        threads: 1,
        output: { kind: 'json' },
      },
    );
    assert.deepEqual(read('similar wait a.ts:3-9 --html o'), { ...line, output: { kind: 'html', file: 'o' } });
    assert.deepEqual(read('similar wait a.ts:3-9 --session o'), { ...line, output: { kind: 'session', file: 'o' } });
  });

  it('--help wins over everything', () => {
    assert.deepEqual(read('complete --help'), { kind: 'help' });
  });

  for (const [line, sentence] of [
    ['', 'A command is missing.'],
    ['format a.ts', 'There is no command "format".'],
    ['complete', 'complete needs one PATH:LINE:COLUMN.'],
    ['complete a.ts:1:1 b.ts:1:1', 'complete needs one PATH:LINE:COLUMN.'],
    ['complete a.ts', '"a.ts" is not PATH:LINE:COLUMN with numbers from 1.'],
    ['complete a.ts:0:1', '"a.ts:0:1" is not PATH:LINE:COLUMN with numbers from 1.'],
    ['complete a.ts:1:0', '"a.ts:1:0" is not PATH:LINE:COLUMN with numbers from 1.'],
    ['complete --batch a.ts:1:1', 'With --batch, places are read from standard input.'],
    ['complete a.ts:1:1 --mode page', '--mode is line, block or auto, not "page".'],
    ['complete a.ts:1:1 --max-tokens 0', '--max-tokens is a whole number from 1, not "0".'],
    ['complete a.ts:1:1 --device gpu', '--device is auto, cpu, or names of webgpu, dml, coreml, cuda, not "gpu".'],
    ['complete a.ts:1:1 --threads 1.5', '--threads is a whole number from 0, not "1.5".'],
    ['index', 'index needs one FOLDER.'],
    ['index a b', 'index needs one FOLDER.'],
    ['search', 'search needs a QUERY.'],
    ['search it --top 0', '--top is a whole number from 1, not "0".'],
    ['attend', 'attend needs one PATH, PATH:FROM-TO or PATH:LINE:COLUMN.'],
    ['attend a.ts:9-3', '"a.ts:9-3" is not PATH:FROM-TO with lines from 1.'],
    ['attend a.ts --head 1', '--head needs --layer, and no --aggregate.'],
    ['attend a.ts --aggregate sum', '--aggregate is one of mean, max, value-weighted, rollout, not "sum".'],
    ['attend a.ts --json --png o', 'attend writes one of --json, --html, --npy, --png and --session.'],
    ['similar wait', 'similar needs a "QUESTION" and one PATH or PATH:FROM-TO.'],
    ['similar wait a.ts --json --npy o', 'similar writes one of --json, --html, --npy and --session.'],
    ['replay', 'replay needs at least one PATH.'],
  ] as const) {
    it(`refuses "${line}"`, () => {
      assert.throws(
        () => read(line),
        (error) => error instanceof UsageError && error.message === sentence,
      );
    });
  }

  it('refuses an unknown option', () => {
    assert.throws(() => read('complete a.ts:1:1 --fast'), UsageError);
    assert.throws(() => read('search it --sparse'), UsageError);
  });

  it('a path may hold colons', () => {
    assert.deepEqual(parsePosition('C:\\a:b.ts:3:4'), { path: 'C:\\a:b.ts', line: 3, column: 4 });
  });
});
