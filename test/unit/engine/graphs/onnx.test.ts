import { clone, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ModelProtoSchema } from '../../../../src/engine/graphs/onnx';
import type { ModelProto } from '../../../../src/engine/graphs/onnx';
import { prepareGraph } from '../../../../src/engine/graphs/prepare';
import { writeOnnx } from '../../../support/decoderModel/onnx';
import { tiny } from '../../../support/decoderModel/shape';

/** A message as its bytes have it: messages of ours by their field, and fields that we do not know. */
interface Raw {
  readonly unknown: readonly (readonly [number: number, wireType: WireType, value: string])[];
  readonly inner: readonly (readonly [number: number, message: Raw])[];
}

const messageOf = (field: DescField): DescMessage | undefined =>
  field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message')
    ? field.message
    : undefined;

function write({ unknown, inner }: Raw): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, wireType, value] of unknown) writer.tag(number, wireType).raw(Buffer.from(value, 'hex'));
  for (const [number, message] of inner) writer.tag(number, WireType.LengthDelimited).bytes(write(message));
  return writer.finish();
}

function read(schema: DescMessage, bytes: Uint8Array): Raw {
  const reader = new BinaryReader(bytes);
  const unknown: (readonly [number, WireType, string])[] = [];
  const inner: (readonly [number, Raw])[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = schema.fields.find((known) => known.number === number);
    const message = field && messageOf(field);
    if (message) inner.push([number, read(message, reader.bytes())]);
    else if (!field) unknown.push([number, wireType, Buffer.from(reader.skip(wireType, number)).toString('hex')]);
    else reader.skip(wireType, number);
  }
  return { unknown, inner };
}

/** Fields with any number that the message does not have, and messages of ours within it, which have such fields too. */
function anyMessage(schema: DescMessage, depth: number): fc.Arbitrary<Raw> {
  const known = new Set(schema.fields.map(({ number }) => number));
  const number = fc
    .oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 29 - 1 }))
    .filter((any) => !known.has(any));
  const fieldOf = (wireType: WireType, value: fc.Arbitrary<Uint8Array>) =>
    fc.tuple(
      number,
      fc.constant(wireType),
      value.map((bytes) => Buffer.from(bytes).toString('hex')),
    );
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const field = fc.oneof(
    fieldOf(
      WireType.Varint,
      fc.nat().map((value) => new BinaryWriter().uint32(value).finish()),
    ),
    fieldOf(WireType.Bit32, bytes(4)),
    fieldOf(WireType.Bit64, bytes(8)),
    fieldOf(
      WireType.LengthDelimited,
      fc.uint8Array({ maxLength: 200 }).map((value) => new BinaryWriter().bytes(value).finish()),
    ),
  );
  // In the order that messages are written in: by their fields' numbers.
  const parts = schema.fields
    .toSorted((one, other) => one.number - other.number)
    .flatMap((part) => {
      const message = messageOf(part);
      return message && depth > 0
        ? [
            fc
              .array(anyMessage(message, depth - 1), { maxLength: part.fieldKind === 'list' ? 2 : 1 })
              .map((all) => all.map((one) => [part.number, one] as const)),
          ]
        : [];
    });
  const inner = fc.tuple(...parts).map((all) => all.flat());
  return fc.record({ unknown: fc.array(field, { maxLength: 3 }), inner }, { noNullPrototype: true });
}

describe('engine/graphs/onnx', () => {
  it('writes fields that it does not know as they were read, in every message and at every depth', () => {
    fc.assert(
      fc.property(anyMessage(ModelProtoSchema, 5), (raw) => {
        const model = fromBinary(ModelProtoSchema, write(raw));
        for (const written of [model, clone(ModelProtoSchema, model)])
          assert.deepEqual(read(ModelProtoSchema, toBinary(ModelProtoSchema, written)), raw);
      }),
    );
  });

  it('keeps what onnx.proto has and the engine does not use, also where a graph is changed', async () => {
    const field = (no: number, name: string) => ({
      no,
      wireType: WireType.LengthDelimited,
      data: new BinaryWriter().bytes(Buffer.from(name)).finish(),
    });
    const plain = (fields: readonly { no: number; data: Uint8Array }[] = []) =>
      fields.map(({ no, data }) => [no, Buffer.from(data).toString('hex')]);
    const left = {
      model: [field(20, 'training_info'), field(25, 'functions'), field(26, 'configuration')],
      graph: [field(14, 'quantization_annotation'), field(15, 'sparse_initializer')],
      node: [field(10, 'device_configurations')],
      tensor: [field(3, 'segment')],
      type: [field(4, 'sequence_type')],
    };
    const partsOf = ({ graph, ...model }: ModelProto) => {
      const nodes = graph!.node.find(({ opType }) => opType === 'GroupQueryAttention')!;
      const tensor = graph!.initializer.find(({ name }) => name === 'cosines')!;
      const { type } = graph!.input.find(({ name }) => name === 'input_ids')!;
      return { model, graph: graph!, node: nodes, tensor, type: type! };
    };
    const folder = mkdtempSync(join(tmpdir(), 'unknown-'));
    try {
      const path = writeOnnx(folder, tiny, 'inside');
      const model = fromBinary(ModelProtoSchema, readFileSync(path));
      const { model: _, ...parts } = partsOf(model);
      model.$unknown = left.model;
      for (const [name, part] of Object.entries(parts)) part.$unknown = left[name as keyof typeof parts];
      writeFileSync(path, toBinary(ModelProtoSchema, model));
      const prepared = (await prepareGraph(path, { inPlace: false, roundActivations: true, packQueries: true }))!;
      const found = partsOf(fromBinary(ModelProtoSchema, prepared.bytes));
      for (const [name, part] of Object.entries(found))
        assert.deepEqual(plain(part.$unknown), plain(left[name as keyof typeof left]), name);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
