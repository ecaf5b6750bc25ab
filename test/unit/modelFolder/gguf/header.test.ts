import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { readGgufHeader } from '../../../../src/modelFolder/gguf/header';
import { ggufFloats, ggufHead, ggufValue } from '../../../support/gguf';

const f32 = 0;
const good = [
  { name: 'a.weight', sizes: [3, 2], type: f32, bytes: 24 },
  { name: 'b', sizes: [1], type: f32, bytes: 4 },
];
const metadata = {
  'general.architecture': ggufValue.text('llama'),
  'some.count': ggufValue.uint32(7),
  'some.flag': ggufValue.flag(true),
  'some.list': ggufValue.texts(['x', 'ü', '']),
};
const file = Buffer.concat([ggufHead(metadata, good), ggufFloats([1, 2, 3, 4, 5, 6, 0, 0, 7])]);
/** Where its weights begin. */
const start = file.length - 36;

describe('the head of a GGUF file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-gguf-'));
  const path = join(folder, 'model.gguf');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const read = (bytes: Buffer) => {
    writeFileSync(path, bytes);
    return readGgufHeader(path);
  };

  it('is its metadata and its tensors, outermost dimension first', async () => {
    const found = await read(file);
    assert.equal(found.path, path);
    assert.equal(found.metadata.get('general.architecture'), 'llama');
    assert.equal(found.metadata.get('some.count'), 7);
    assert.equal(found.metadata.get('some.flag'), true);
    assert.deepEqual(found.metadata.get('some.list'), ['x', 'ü', '']);
    assert.deepEqual(
      [...found.tensors.values()].map(({ name, shape, typeName, offset }) => [name, shape, typeName, offset]),
      [
        ['a.weight', [2, 3], 'F32', start],
        ['b', [1], 'F32', start + 32],
      ],
    );
  });

  it('names formats that are not understood', async () => {
    const { tensors } = await read(
      Buffer.concat([ggufHead({}, [{ name: 'k', sizes: [256], type: 10, bytes: 84 }]), Buffer.alloc(84)]),
    );
    assert.deepEqual([tensors.get('k')?.type, tensors.get('k')?.typeName], [undefined, 'Q2_K']);
  });

  it('is read from local files only', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`;
    await assert.rejects(readGgufHeader(address), { name: 'EngineError', code: 'modelMissing' });
    await new Promise((resolve) => server.close(resolve));
    assert.equal(asked, 0);
  });

  const refused: Readonly<Record<string, readonly [bytes: Buffer, sentence: RegExp]>> = {
    nothing: [Buffer.alloc(0), /it is no GGUF file/],
    'something else': [Buffer.from('{"format": 1, "name": "no GGUF at all"}'), /it is no GGUF file/],
    'a later version': [withUint32(4, 4), /its version 4 is not understood/],
    'bytes in the other order': [withUint32(4, 0x03000000), /its version \d+ is not understood/],
    'more tensors than it can hold': [withUint32(8, 60_000), /cannot be used/],
    'more tensors than any model has': [withUint32(8, 70_000), /claims to have 70000 tensors/],
    'more entries than any file has': [withUint32(16, 70_000), /claims to have 2 tensors and 70000 entries/],
    'more entries than there are': [withUint32(16, 60), /it ends too early/],
    'more values than a model needs': [
      Buffer.concat([ggufHead({ a: bytesOf(2_500_000), b: bytesOf(2_500_000) }, [])]),
      /its metadata has more values than a model needs/,
    ],
    'lists of lists': [
      ggufHead({ a: Buffer.from([9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]) }, []),
      /its metadata has values of type 9/,
    ],
    'an alignment of 3': [
      ggufHead({ 'general.alignment': ggufValue.uint32(3) }, []),
      /its alignment is no power of two/,
    ],
    'one tensor twice': [
      Buffer.concat([ggufHead({}, [good[1]!, good[1]!]), Buffer.alloc(64)]),
      /lists a tensor "b", which no model has, or has once/,
    ],
    'a name with a line break': [
      Buffer.concat([ggufHead({}, [{ ...good[1]!, name: 'b\nc' }]), Buffer.alloc(64)]),
      /lists a tensor "b\\nc"/,
    ],
    'weights that are cut off': [file.subarray(0, -1), /its tensor b lies beyond the end of the file/],
    'a list of tensors that is cut off': [file.subarray(0, start - 40), /it ends too early/],
    'rows of part of a block': [
      Buffer.concat([ggufHead({}, [{ name: 'q', sizes: [48], type: 2, bytes: 36 }]), Buffer.alloc(64)]),
      /its tensor q has rows of 48 values, which are no whole blocks of Q4_0/,
    ],
    'a dimension of 0': [
      Buffer.concat([ggufHead({}, [{ name: 'q', sizes: [0], type: f32, bytes: 0 }]), Buffer.alloc(64)]),
      /its tensor q has no shape that a tensor can have/,
    ],
  };
  for (const [what, [bytes, sentence]] of Object.entries(refused)) {
    it(`is refused: ${what}`, async () => {
      await assert.rejects(read(bytes), (error) => {
        assert.ok(error instanceof EngineError);
        assert.match(error.message, sentence);
        assert.match(error.message, /^[^\n]*\.$/);
        return true;
      });
    });
  }

  it('is refused where there is no file, or a folder', async () => {
    await assert.rejects(readGgufHeader(join(folder, 'none.gguf')), { code: 'modelMissing' });
    await assert.rejects(readGgufHeader(folder), { code: 'modelInvalid' });
  });

  it('is understood or refused in one sentence, wherever a file is cut or damaged', async () => {
    const damages = fc.array(fc.tuple(fc.nat(start - 1), fc.nat(255)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: file.length }), damages, async (length, changes) => {
        const bytes = Buffer.from(file);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { tensors } = await read(bytes.subarray(0, length));
          for (const { offset, shape, type } of tensors.values()) {
            const values = shape.reduce((product, size) => product * size, 1);
            assert.ok(!type || offset + (values / type.blockLength) * type.blockBytes <= length);
          }
        } catch (error) {
          assert.ok(error instanceof EngineError, String(error));
          assert.match(error.message, /^[^\n]*\.$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A list of so many bytes. */
function bytesOf(count: number): Buffer {
  const head = Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(count, 8);
  return Buffer.concat([head, Buffer.alloc(count)]);
}

/** The file with another number in its head. */
function withUint32(at: number, value: number): Buffer {
  const bytes = Buffer.from(file);
  bytes.writeUInt32LE(value, at);
  return bytes;
}
