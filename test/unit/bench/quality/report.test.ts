import assert from 'node:assert/strict';
import type { Measured } from '../../../bench/quality/completion';
import { Report } from '../../../bench/quality/report';
import type { CompletionTask } from '../../../bench/quality/tasks';

const task = (index: number): CompletionTask => {
  return {
    package: `p${index % 4}`, file: 'a.ts', set: 'line', cut: index % 2 === 0 ? 'dot' : 'space', offset: index, length: 3,
    sha256: '', rest: '', lineLength: 3, lineSha256: '',
  }; // prettier-ignore
};
const tasks = Array.from({ length: 8 }, (_, index) => task(index));

/** A system that is exactly right on every n-th task, and sure of it there. */
const measured = (system: string, every: number): Measured[] =>
  tasks.map((one, index) => {
    const exact = index % every === 0 ? 1 : 0;
    const confidence = exact === 1 ? 0.9 : 0.2;
    return {
      row: 'line',
      system,
      task: one,
      language: 'typescript',
      score: { exact, similarity: exact, identifiers: exact },
      confidence,
    };
  });

describe('the report of quality', () => {
  const report = new Report();
  report.addCompletion([...measured('copyWorkspace', 4), ...measured('model', 2)], 0.5);

  it('gives flat numbers, by row, system, language and pause', () => {
    const { numbers } = report;
    assert.equal(numbers['completion.line.model.exact'], 0.5);
    assert.equal(numbers['completion.line.copyWorkspace.typescript.exact'], 0.25);
    assert.equal(numbers['completion.line.model.dot.exact'], 1);
    assert.equal(numbers['completion.line.model.space.exact'], 0);
    for (const [name, number] of Object.entries(numbers)) assert.ok(Number.isFinite(number), name);
  });

  it('compares the model with the copying baseline on the same tasks', () => {
    assert.equal(report.numbers['completion.line.model.overCopy'], 2);
  });

  it('says what is shown by default and how often that is right', () => {
    const { numbers } = report;
    assert.equal(numbers['calibration.model.shown.coverage'], 0.5);
    assert.equal(numbers['calibration.model.shown.precision'], 1);
    assert.equal(numbers['calibration.model.halfExact.coverage'], 1);
  });

  it('scores documentation and search', () => {
    const said = (system: string, hypothesis: string, isSimilar: boolean) => ({
      system,
      package: 'p',
      language: 'python' as const,
      hypothesis,
      reference: 'read file',
      isSimilar,
    });
    report.addDocumentation([
      said('name', 'read file', false),
      said('glassbox', 'none', false),
      said('name', 'zzz', true),
      said('glassbox', 'read file', true),
    ]);
    const rank = (system: string, query: number, place: number) => ({
      system,
      view: 'raw' as const,
      package: `p${query}`,
      language: 'python' as const,
      query,
      rank: place,
    });
    report.addSearch([rank('bm25Split', 0, 2), rank('bm25Split', 1, 2), rank('other', 0, 1), rank('other', 1, 11)]);
    assert.equal(report.numbers['documentation.similar.name.chrF'], 0);
    assert.equal(report.numbers['documentation.similar.glassbox.chrF'], 100);
    const [name = 0, glassbox = 0] = ['name', 'glassbox'].map(
      (system) => report.numbers[`documentation.${system}.chrF`],
    );
    assert.ok(name > 0 && name < 100);
    assert.equal(report.numbers['documentation.glassbox.overName'], glassbox / name);
    assert.equal(report.numbers['search.raw.python.other.mrr10'], 0.5);
    assert.equal(report.numbers['search.raw.python.other.recall10'], 0.5);
    assert.equal(report.numbers['search.raw.other.overBm25'], 1);
    assert.equal(report.numbers['search.raw.other.packagesBelowBm25'], 1);
    assert.match(report.text, /below in p1$/m);
  });

  it('encoders with the first one, alone and beside words', () => {
    const report = new Report();
    const ranks = { bm25Split: 4, encoder: 2, encoderHybrid: 2, encoder2: 1, encoder2Hybrid: 4 };
    report.addSearch(
      Object.entries(ranks).map(([system, rank]) => ({
        system,
        view: 'raw' as const,
        package: 'p',
        language: 'python' as const,
        query: 0,
        rank,
      })),
    );
    const { numbers } = report;
    assert.deepEqual(
      ['encoder', 'encoderHybrid', 'encoder2', 'encoder2Hybrid'].map(
        (name) => numbers[`search.raw.${name}.overEncoder`],
      ),
      [undefined, undefined, 2, 0.5],
    );
    assert.match(report.text, /encoder2Hybrid ÷ encoderHybrid, MRR@10: 0\.50 .*below in p$/m);
  });
});
