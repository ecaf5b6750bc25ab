import { unzipSync } from 'fflate';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { root } from './paths.mjs';
import { downloadRelease, requirePip } from './pip.mjs';

const onnxVersion = '1.23.2';
const bufVersion = '1.75.0';

/** The generated module; src/engine/graphs/onnx.ts alone imports it. */
export const onnxFile = 'src/engine/graphs/generated/onnx_pb.ts';

/**
 * The types of onnx.proto that the engine reads or writes. Fields of any other type are left out of the generated module:
 * a message keeps them as unknown fields, byte for byte.
 */
const kept = new Set([
  'ModelProto',
  'OperatorSetIdProto',
  'StringStringEntryProto',
  'GraphProto',
  'NodeProto',
  'AttributeProto',
  'AttributeProto.AttributeType',
  'ValueInfoProto',
  'TypeProto',
  'TypeProto.Tensor',
  'TensorShapeProto',
  'TensorShapeProto.Dimension',
  'TensorProto',
  'TensorProto.DataType',
  'TensorProto.DataLocation',
]);

/**
 * Generates `onnxFile` from the onnx.proto of the `onnx` package. Needs Python with pip; the generators are fetched for the
 * occasion.
 */
export function generateOnnxMessages() {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-proto-'));
  try {
    download(folder);
    buf(folder, ['build', 'onnx.proto', '--output', 'image.json']);
    const { file } = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8'));
    const left = file.flatMap(typesIn).filter((/** @type {string} */ name) => !kept.has(name));
    writeFileSync(
      join(folder, 'buf.gen.yaml'),
      'version: v2\nplugins: [{ local: protoc-gen-es, out: out, opt: [target=ts] }]\n',
    );
    buf(folder, [
      'generate',
      'onnx.proto',
      ...left.flatMap((/** @type {string} */ name) => ['--exclude-type', `onnx.${name}`]),
    ]);
    copyFileSync(join(folder, 'out/onnx_pb.ts'), join(root, onnxFile));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts onnx.proto into a folder. @param {string} folder */
function download(folder) {
  downloadRelease(requirePip(), { package: 'onnx', version: onnxVersion }, folder);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  const files = unzipSync(readFileSync(join(folder, wheel)), { filter: ({ name }) => name === 'onnx/onnx.proto' });
  for (const content of Object.values(files)) writeFileSync(join(folder, 'onnx.proto'), content);
}

/** @param {string} folder @param {string[]} args */
function buf(folder, args) {
  const runtime = readFileSync(join(root, 'node_modules/@bufbuild/protobuf/package.json'), 'utf8');
  const { version: protobufVersion } = JSON.parse(runtime);
  const packages = [
    `@bufbuild/buf@${bufVersion}`,
    ...['protobuf', 'protoc-gen-es'].map((name) => `@bufbuild/${name}@${protobufVersion}`),
  ];
  npm(['exec', '--yes', ...packages.map((name) => `--package=${name}`), '--', 'buf', ...args], { cwd: folder });
}

/**
 * @typedef {{ name: string, messageType?: Declared[], nestedType?: Declared[], enumType?: Declared[] }} Declared a file or
 *   a type, as descriptor.proto has it
 */

/**
 * The names of the messages and enumerations that a file or a message declares, at any depth.
 *
 * @param {Declared} parent
 * @returns {string[]}
 */
function typesIn({ messageType = [], nestedType = [], enumType = [] }) {
  return [...messageType, ...nestedType, ...enumType].flatMap((type) => [
    type.name,
    ...typesIn(type).map((name) => `${type.name}.${name}`),
  ]);
}
