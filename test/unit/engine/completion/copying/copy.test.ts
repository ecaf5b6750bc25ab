import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectEncoding } from '../../../../../src/common/text/encoding/detectEncoding';
import { choose } from '../../../../../src/engine/completion/copying/choice';
import { findCandidates, findCopy } from '../../../../../src/engine/completion/copying/copy';
import type { CopyParams } from '../../../../../src/engine/completion/copying/copy';
import type { CopyEvidence } from '../../../../../src/engine/completion/copying/evidence';
import { Neighbours } from '../../../../../src/nearby/fileTexts';
import { encode } from '../../../../support/encode';
import { makeFolder } from '../../../../support/folder';

const place = (prefix: string, more: Partial<CopyParams> = {}): CopyParams => ({
  path: 'a.ts',
  prefix,
  suffix: '\n',
  mode: 'line',
  ...more,
});

describe('findCopy', () => {
  it('takes what followed the same text above, and says how far above', () => {
    const { text, from } = findCopy(place('const a = readSize(folder);\nconst b = 1;\nconst a = readSize('), [])!;
    assert.equal(text, 'folder);');
    assert.deepEqual(from, { kind: 'here', lines: -2 });
  });

  it('takes what follows the same text below, and says how far below', () => {
    const { text, from } = findCopy(place('const width = ', { suffix: '\n\nconst width = measure(text);\n' }), [])!;
    assert.equal(text, 'measure(text);');
    assert.deepEqual(from, { kind: 'here', lines: 2 });
  });

  it('takes it from another file where more agrees there, and names the line', () => {
    const other = { path: '/x/b.ts', text: 'first\nconst prices = load();\nconst total = sum(prices, taxes);\n' };
    const { text, from } = findCopy(place('let x = sum(a);\nconst prices = load();\nconst total = sum('), [other])!;
    assert.equal(text, 'prices, taxes);');
    assert.deepEqual(from, { kind: 'file', path: '/x/b.ts', line: 3 });
  });

  it('gives it the names of the place, where others stand in their place there, and says so', () => {
    const before = 'this.width = options.width ?? 0;\nthis.height = ';
    const { text, from } = findCopy(place(before), [])!;
    assert.equal(text, 'options.height ?? 0;');
    assert.deepEqual(from, { kind: 'here', lines: -1, renamed: true });
  });

  it('prefers what stands in surroundings like these', () => {
    const close = 'case open:\n  stream.end();\n  log.info(state);\n  break;\n';
    const others = [
      { path: '/x/a.ts', text: 'case drawn:\n  canvas.clear();\n  log.info(pixels);\n  return;\n' },
      { path: '/x/b.ts', text: close },
    ];
    const { text } = findCopy(place('case open:\n  stream.close();\n  log.info(', { suffix: '\n  break;\n' }), others)!;
    assert.equal(text, 'state);');
  });

  it('leaves out what the editor has closed already', () => {
    assert.equal(findCopy(place('open(path, flags);\nopen(', { suffix: ')\n' }), [])!.text, 'path, flags');
  });

  it('goes on to the end of a block where that is wanted', () => {
    const before =
      'function a() {\n  if (ready) {\n    start();\n    stop();\n  }\n}\n\nfunction b() {\n  if (ready) {\n    ';
    assert.equal(findCopy(place(before, { mode: 'block', suffix: '\n  }\n}\n' }), [])!.text, 'start();\n    stop();');
  });

  it('finds nothing where fewer than three characters agree, or nothing but blanks follow', () => {
    assert.equal(findCopy(place('abcd = 1;\nxbd'), []), undefined);
    assert.equal(findCopy(place(''), []), undefined);
    assert.equal(findCopy(place('return;   \n}\nreturn;'), []), undefined);
  });

  it('is not led astray by a text that is all the same', () => {
    const { candidates } = findCandidates(place('a'.repeat(20_000)), []);
    assert.ok(candidates.length > 0 && candidates.length <= 30);
    assert.deepEqual(findCandidates(place(' '.repeat(5_000)), []).candidates, []);
  });

  it('takes a name from another cell of a notebook', () => {
    const cells = 'def net_price(gross, rate):\n    return gross / (1 + rate)\n\nnet_';
    const { candidates } = findCandidates(place(cells, { path: 'prices.py' }), []);
    assert.ok(candidates.some(({ text }) => text.startsWith('price(')));
  });

  it('takes from files in another encoding what they say, and nothing where that is not known', async () => {
    const [folder, gbk] = [makeFolder(), encode("const label = '读取配置';\n", 'gbk')];
    const latin = encode("const label = 'Größe ändern'; // Maße prüfen\n", 'windows-1252');
    writeFileSync(join(folder, 'a.js'), latin);
    writeFileSync(join(folder, 'g.js'), gbk);
    const texts = async (name: string, encoding?: string): Promise<string[]> => {
      const sources = await new Neighbours(detectEncoding).read(
        [join(folder, name)],
        encoding ? { encoding } : undefined,
      );
      return findCandidates(place('const label = ', { path: 'b.js' }), sources).candidates.map(({ text }) => text);
    };
    assert.deepEqual(await texts('a.js'), []);
    assert.ok((await texts('a.js', 'windows1252'))[0]!.startsWith("'Größe ändern';"));
    assert.deepEqual(await texts('g.js', 'gbk'), ["'读取配置';"]);
  });

  it('reads line ends of every kind alike', () => {
    assert.equal(findCopy(place('call(one,\r\n  two);\r\ncall(one,\r\n', { suffix: '\r\n' }), [])!.text, '  two);');
  });
});

describe('what speaks for a candidate', () => {
  it('is found where it stands, and around the cursor', () => {
    const other = { path: '/x/b.ts', text: 'begin(job);\nrun(job, limit);\nend(job);\n' };
    const { candidates, situation } = findCandidates(
      place('const limit = 3;\nbegin(job);\nrun(job, ', { suffix: ')\nend(job);\n' }),
      [other],
    );
    assert.deepEqual(situation, { hasRest: true, isBlock: false });
    const { text, evidence } = candidates[0]!;
    assert.equal(text, 'limit');
    assert.deepEqual(evidence, {
      agreement: 'begin(job);\nrun(job, '.length,
      aligned: 9,
      share: 1,
      sources: 1,
      rank: 2,
      length: 5,
      before: 0.6,
      behind: 1,
      next: 1,
      near: 1,
      isKnown: true,
      isRenamed: false,
      isBoth: false,
    });
  });
});

describe('choose', () => {
  const usual: CopyEvidence = {
    agreement: 40,
    aligned: 12,
    share: 1,
    sources: 1,
    rank: 0,
    length: 12,
    before: 0.5,
    behind: 0.5,
    next: 0.5,
    near: 0.8,
    isKnown: true,
    isRenamed: false,
    isBoth: false,
  };
  const line = { hasRest: false, isBlock: false };
  const best = (...among: CopyEvidence[]) =>
    choose(
      among.map((evidence) => ({ evidence })),
      line,
    )!;
  const sure = (evidence: CopyEvidence) => best(evidence, { ...usual, share: 0.5 }).confidence;

  it('takes what agrees more, in more sources and more likely surroundings', () => {
    for (const better of [
      { agreement: 80 },
      { aligned: 30 },
      { sources: 5 },
      { before: 1 },
      { behind: 1 },
      { next: 1 },
      { near: 1 },
    ]) {
      const likelier = { ...usual, ...better };
      assert.equal(best(usual, likelier).chosen.evidence, likelier, JSON.stringify(better));
    }
    assert.equal(best({ ...usual, isKnown: false }, usual).chosen.evidence, usual);
  });

  it('is surer of what agrees more, stands alone and is short', () => {
    const confidence = sure(usual);
    assert.ok(confidence > 0 && confidence < 1);
    assert.ok(sure({ ...usual, aligned: 2 }) < confidence);
    assert.ok(sure({ ...usual, share: 0.5 }) < confidence);
    assert.ok(sure({ ...usual, length: 200 }) < confidence);
    assert.ok(choose([{ evidence: usual }], { ...line, isBlock: true })!.confidence < best(usual).confidence);
    assert.equal(choose([], line), undefined);
  });
});
