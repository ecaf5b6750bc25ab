import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackedGraphs } from '../../../../src/engine/weightCache/packedGraphs';
import { entryName, minPackedBytes, packingEnvironment } from '../../../../src/engine/weightCache/packedGraphKey';
import type { PackedSubject } from '../../../../src/engine/weightCache/packedGraphKey';

describe('what packed weights hold for', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'subject-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const unexpected = (what: unknown) => assert.fail(JSON.stringify(what));
  const write = (name: string, content: string): PackedSubject => {
    const graph = join(folder, name);
    writeFileSync(graph, content);
    utimesSync(graph, 1000, 1000);
    return { model: folder, graph, form: 'inPlace' };
  };

  it('is one file, in one form, of one machine and version', async () => {
    const subject = write('a.onnx', 'graph');
    const name = await entryName('machine', subject);
    assert.match(name, /^[0-9a-f]{32}$/);
    assert.equal(await entryName('machine', subject), name);
    const others = [
      await entryName('other machine', subject),
      await entryName('machine', { ...subject, form: 'asItIs' }),
      await entryName('machine', write('b.onnx', 'graph')),
      await entryName('machine', write('a.onnx', 'other')),
    ];
    assert.equal(new Set([name, ...others]).size, 5);
  });

  it('is the file behind a link', async function () {
    if (process.platform === 'win32') this.skip();
    const subject = write('a.onnx', 'graph');
    const graph = join(folder, 'link.onnx');
    symlinkSync(subject.graph, graph);
    assert.equal(await entryName('machine', { ...subject, graph }), await entryName('machine', subject));
  });

  it('is the program that rewrites graphs', () => {
    const { graph: program } = write('engine.js', 'one');
    const before = packingEnvironment(program);
    assert.equal(packingEnvironment(program), before);
    write('engine.js', 'two');
    assert.notEqual(packingEnvironment(program), before);
  });

  it('is no model that is too small to gain anything', async () => {
    const missing: string[] = [];
    const graphs = new PackedGraphs({
      folder,
      environment: () => '',
      onMissing: ({ graph }) => missing.push(graph),
      log: unexpected,
    });
    const small = write('small.onnx', 'x');
    const large = write('large.onnx', 'x');
    writeFileSync(join(folder, 'large.onnx.data'), Buffer.alloc(minPackedBytes));
    for (const subject of [small, large, { ...small, graph: join(folder, 'none', 'a.onnx') }])
      await graphs.want(subject);
    assert.deepEqual(missing, [large.graph]);
  });

  it('is never a reason not to open a model: where nothing can be read, there is no copy', async () => {
    const fail = () => Promise.reject(new Error('must not be opened'));
    const graphs = new PackedGraphs({ folder, environment: () => '', onMissing: unexpected, log: unexpected });
    assert.equal(
      await graphs.open({ model: folder, graph: join(folder, 'none.onnx'), form: 'inPlace' }, fail),
      undefined,
    );
    const broken = new PackedGraphs({
      folder,
      environment: () => {
        throw new Error('no program');
      },
      onMissing: unexpected,
      log: unexpected,
    });
    assert.equal(await broken.open(write('a.onnx', 'graph'), fail), undefined);
  });
});
