import { zipSync } from 'fflate';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bases } from '../../../../scripts/lib/bases.mjs';
import type { Base, CheckedFile } from '../../../../scripts/lib/bases.mjs';
import { assembleModels, withoutModels } from '../../../../scripts/lib/models.mjs';

const checked = (path: string, content: Uint8Array): CheckedFile => ({
  path,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

/** Writes a model of one file, which says what it was called with, and counts its calls beside itself. */
const assembler = `
const { createHash } = require('node:crypto');
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const [role, option, file, , out, ...more] = process.argv.slice(2);
appendFileSync(__filename + '.calls', role + '\\n');
mkdirSync(out);
const adapter = more.includes('--adapter') ? [readFileSync(more[more.indexOf('--adapter') + 1], 'utf8')] : [];
const content = [role, option, readFileSync(file, 'utf8'), ...adapter].join(' ');
writeFileSync(out + '/model.onnx', content);
const files = [{ path: 'model.onnx', sha256: createHash('sha256').update(content).digest('hex') }];
writeFileSync(out + '/glassbox.json', JSON.stringify({ files }));
`;

describe('assembled models', () => {
  let home: string;
  const places = (name: string) => ({
    folder: join(home, name),
    cache: join(home, 'cache'),
    assembler: join(home, 'assemble.js'),
    wanted: { decoder: baseOf('decoder'), encoder: baseOf('encoder') },
  });
  const model = (name: string, role: string): string => readFileSync(join(home, name, role, 'model.onnx'), 'utf8');
  const calls = (): string[] => readFileSync(join(home, 'assemble.js.calls'), 'utf8').trim().split('\n');

  /** A base without an adapter, whose archive lies in the cache already. */
  function baseOf(role: 'decoder' | 'encoder'): Base {
    const file = Buffer.from(`weights of the ${role}`);
    const archive = Buffer.from(zipSync({ weights: file }, { mtime: '2026-01-01' }));
    mkdirSync(join(home, 'cache/bases'), { recursive: true });
    writeFileSync(join(home, 'cache/bases', `${role}.whl`), archive);
    const { adapter: _adapter, ...base } = bases[role];
    return { ...base, archive: checked(`${role}.whl`, archive), file: checked('weights', file) };
  }

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'glassbox-models-'));
    writeFileSync(join(home, 'assemble.js'), assembler);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('are made once and shared by working copies', async () => {
    for (const name of ['one', 'one', 'other']) assert.deepEqual(await assembleModels(places(name)), {});
    assert.deepEqual(calls(), ['decoder', 'encoder']);
    for (const name of ['one', 'other']) {
      assert.equal(model(name, 'decoder'), 'decoder --from weights of the decoder');
      assert.equal(model(name, 'encoder'), 'encoder --from weights of the encoder');
      assert.deepEqual(readdirSync(join(home, name)).sort(), ['decoder', 'decoder.stamp', 'encoder', 'encoder.stamp']);
    }
    assert.equal(statSync(join(home, 'one/decoder/glassbox.json')).nlink, 3);
  });

  it('are made again when the assembler changes, and the last four stay', async () => {
    for (let version = 0; version < 6; version++) {
      writeFileSync(join(home, 'assemble.js'), `${assembler}\n// ${version}`);
      await assembleModels(places('one'));
    }
    assert.equal(calls().length, 12);
    assert.equal(readdirSync(join(home, 'cache/models')).length, 8);
    assert.equal(model('one', 'decoder'), 'decoder --from weights of the decoder');
  });

  it('have the adapter of their base, and are made again when it changes', async () => {
    const { wanted, ...rest } = places('one');
    const withAdapter = (stated: string) => ({
      ...rest,
      repository: home,
      wanted: { ...wanted, encoder: { ...wanted.encoder, adapter: checked('adapter', Buffer.from(stated)) } },
    });
    await assembleModels(places('one'));
    for (const trained of ['an adapter', 'a better one', 'a better one']) {
      writeFileSync(join(home, 'adapter'), trained);
      assert.deepEqual(await assembleModels(withAdapter(trained)), {});
      assert.equal(model('one', 'encoder'), `encoder --from weights of the encoder ${trained}`);
    }
    assert.deepEqual(calls(), ['decoder', 'encoder', 'encoder', 'encoder']);
    assert.deepEqual(await assembleModels(withAdapter('the best one')), {
      encoder: 'The adapter adapter has another SHA-256 than models/bases.json states.',
    });
    rmSync(join(home, 'adapter'));
    assert.deepEqual(await assembleModels(withAdapter('the best one')), { encoder: 'The adapter adapter is missing.' });
  });

  it('that were damaged in the cache are made again', async () => {
    await assembleModels(places('one'));
    writeFileSync(join(home, 'one/decoder/model.onnx'), 'damaged');
    await assembleModels(places('other'));
    assert.equal(model('other', 'decoder'), 'decoder --from weights of the decoder');
    assert.deepEqual(calls(), ['decoder', 'encoder', 'decoder']);
  });

  it('that cannot be made leave a reason, and none of another kind behind', async () => {
    await assembleModels(places('one'));
    writeFileSync(
      join(home, 'assemble.js'),
      `if (process.argv[2] === 'decoder') { process.stderr.write('The file has no heads.\\n'); process.exit(1); }${assembler}`,
    );
    const reason = `The decoder cannot be made from ${bases.decoder.name}: The file has no heads.`;
    assert.deepEqual(await assembleModels(places('one')), { decoder: reason });
    assert.deepEqual(JSON.parse(readFileSync(join(home, 'one/missing.json'), 'utf8')), { decoder: reason });
    assert.ok(!existsSync(join(home, 'one/decoder')) && existsSync(join(home, 'one/encoder')));
    writeFileSync(join(home, 'assemble.js'), assembler);
    assert.deepEqual(await assembleModels(places('one')), {});
    assert.ok(!existsSync(join(home, 'one/missing.json')));
  });

  it('that are not wanted are removed, and the reason is kept', async () => {
    const { folder } = places('one');
    await assembleModels(places('one'));
    withoutModels(folder);
    assert.deepEqual(readdirSync(folder), ['missing.json']);
    const reason = 'GLASSBOX_MODELS=small was asked for.';
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'missing.json'), 'utf8')), {
      decoder: reason,
      encoder: reason,
    });
    assert.deepEqual(await assembleModels(places('one')), {});
    assert.deepEqual(calls(), ['decoder', 'encoder']);
  });

  it('whose assembler breaks down are told with its error', async () => {
    writeFileSync(join(home, 'assemble.js'), 'throw new TypeError("heads is undefined");');
    const { encoder } = await assembleModels(places('one'));
    assert.equal(encoder, `The encoder cannot be made from ${bases.encoder.name}: TypeError: heads is undefined`);
  });

  it('whose base cannot be had leave its reason, and the other model is made', async () => {
    const { wanted, ...rest } = places('one');
    writeFileSync(join(home, 'cache/bases/decoder.whl'), 'cut');
    const missing = await assembleModels({ ...rest, wanted });
    assert.match(
      missing.decoder ?? '',
      /^SmolLM2-135M-Instruct cannot be had: decoder\.whl is cut off after 3 of \d+ bytes\.$/,
    );
    assert.ok(existsSync(join(home, 'one/encoder/glassbox.json')));
  });
});
