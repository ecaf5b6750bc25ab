import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diagnosisSections } from '../../../../../src/features/status/diagnosis/report';
import type { ServerState } from '../../../../../src/host/servers/serverState';
import type { DiagnosisFacts } from '../../../../../src/host/diagnosis/facts';
import { reportMarkdown } from '../../../../../src/ipc/pages/report';
import { t } from '../../../../support/translate';

/** Facts in which every free text says `said`. */
function facts(said: string, secret: readonly string[] = []): DiagnosisFacts {
  return {
    product: { version: '0.1.0', editor: 'Visual Studio Code 1.106.0', remote: 'wsl' },
    machine: {
      system: 'linux 6.1 x64', processor: 'Some Processor', cores: 2, memoryBytes: 8e9, freeMemoryBytes: 4e9, node: '22.1.0',
    },
    settings: { device: said, threads: 0, unloadAfterMinutes: 10 },
    engine: {
      state: 'failed',
      problem: said,
      status: {
        models: [said],
        residentBytes: 3e8,
        threads: 2,
        accelerators: ['Card (webgpu)'],
        acceleratorFailure: said,
        runtime: '1.23.2',
        devices: { anyPresent: true, supported: ['webgpu'], tried: [{ provider: 'webgpu', adapter: 'Card', refused: said }] },
      },
    },
    models: [
      {
        use: 'completion', comesWith: false, problem: said, smallSince: said,
        info: {
          name: said, role: 'decoder', contextLength: 8192, vocabularySize: 49_152, fillsInTheMiddle: true, prompts: [], loadMs: 812.3,
        },
      },
    ],
    trials: [
      {
        use: 'completion',
        figures: {
          role: 'decoder', loadMs: 812.3, residentBytes: 3e8, readPerSecond: 1600.4, writtenPerSecond: 230, answerMs: 33,
          exact: { right: 11, of: 40 }, fillsInTheMiddle: true,
        },
      },
    ],
    times: [{ stage: 'written', count: 12, p50: 33.4, p95: 180 }],
    index: { state: 'ready', phase: 'idle', files: 3, chunks: 40, bytes: 1e6, problem: said },
    storage: [{ what: 'engine', bytes: 9e7 }],
    hostBytes: 2e8,
    problems: [{ at: Date.UTC(2026, 0, 1, 10, 11, 12), level: 'warn', text: said }],
    secret,
  };
} // prettier-ignore

const markdown = (given: DiagnosisFacts) =>
  reportMarkdown({ title: 'Diagnosis', sections: diagnosisSections(given, t) });

describe('the report of Diagnose', () => {
  it('says what there is, by theme', () => {
    const sections = diagnosisSections(facts('It smoked.'), t);
    assert.deepEqual(
      sections.map(({ title }) => title),
      [
        'Versions',
        'Devices',
        'Models',
        'Trials of these models',
        'Timings',
        'Index',
        'Processes',
        'Storage',
        'Last problems',
      ],
    );
    const text = markdown(facts('It smoked.'));
    for (const line of [
      '| Glassbox | 0.1.0 |',
      '| ONNX Runtime | 1.23.2 |',
      '| webgpu: Card | not used: It smoked. |',
      '| Completion | one of your own, decoder, context 8192, vocabulary 49152, fills in the middle, loaded in 812 ms, the small one, since the larger one could not be built: It smoked., does not work: It smoked. |',
      '| Completion | loaded in 812 ms, 300 MB, reads 1600 a second, writes 230 a second, answers in 33 ms, 11 of 40 lines exact |',
      '| Written by the model | 33 ms | 180 ms | 12 |',
      '| 10:11:12 | warn: It smoked. |',
    ])
      assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`);
  });

  it('says of a server where and what it is, and how it fares', () => {
    const { product, machine } = facts('');
    const server = { purpose: 'completion', origin: 'http://127.0.0.1:8080', kind: 'llama.cpp' } as const;
    const of = (more: Pick<ServerState, 'model' | 'phase' | 'problem'>) =>
      diagnosisSections({ product, machine, servers: [{ ...server, ...more }], secret: ['quetzal'] }, t).at(-1)?.rows;
    assert.deepEqual(of({ model: '/home/quetzal/coder.gguf', phase: 'left', problem: 'It is gone /home/quetzal.' }), [
      {
        name: 'Completion',
        values: ['http://127.0.0.1:8080, llama.cpp, coder.gguf, the local model answers in its place, It is gone …'],
      },
    ]);
  });

  it('leaves out what is not known', () => {
    const { product, machine } = facts('');
    const titles = diagnosisSections({ product, machine, secret: [] }, t).map(({ title }) => title);
    assert.deepEqual(titles, ['Versions']);
  });

  it('holds nothing private, whatever a text says', () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,8}$/);
    const marker = 'Quetzalcoatlus';
    const piece = fc.oneof(
      fc.tuple(fc.constantFrom('/', '\\', 'C:\\', '~/', '../', 'file:///'), fc.constantFrom('/', '\\'), word).map(
        ([start, sign, name]) => `${start}${name} of mine${sign}${marker} ${name}${sign}x`,
      ),
      word.map((ending) => `${marker}.${ending}`),
      fc.constantFrom(`"${marker}"`, `'${marker} b'`, `“${marker}”`, `\`${marker}\``),
      word.map((line) => `\n${line} ${marker}`),
      fc.constant(`${marker}@mail`),
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(word), piece, fc.array(word), fc.constantFrom('', ': ', ' ('), (before, hidden, after, join) => {
        const text = markdown(facts(`${before.join(' ')}${join === '' ? ' ' : join}${hidden} ${after.join(' ')}`));
        assert.ok(!text.includes(marker), text);
      }),
      { numRuns: 300 },
    ); // prettier-ignore
  });

  it('never names a model of the user, nor what is known to be private', () => {
    const text = markdown(facts('Quetzalcoatlus of mine is not a decoder', ['quetzalcoatlus']));
    assert.ok(!/Quetzalcoatlus/i.test(text), text);
    assert.match(text, /\| warn: … \|/);
  });
});

describe('a report as Markdown', () => {
  it('keeps a text in its cell', () => {
    const text = reportMarkdown({
      title: 'T',
      sections: [{ title: 'S', rows: [{ name: 'a|b', values: ['<b>x</b>\n`c` [d](e)'] }] }],
    });
    assert.equal(text.split('\n').at(-2), '| a\\|b | \\<b\\>x\\</b\\> \\`c\\` \\[d\\](e) |');
  });
});
