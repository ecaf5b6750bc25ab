/**
 * Generates src/engine/graphs/generated/onnx_pb.ts from the onnx.proto of the `onnx` package: `node scripts/run.mjs onnxproto`.
 * Needs Python with pip; the generators are fetched for the occasion.
 */
import { unzipSync } from 'fflate';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from './lib/npm.mjs';
import { root } from './lib/paths.mjs';

const onnxVersion = '1.23.2';
const bufVersion = '1.75.0';
const { version: protobufVersion } = JSON.parse(
  readFileSync(join(root, 'node_modules/@bufbuild/protobuf/package.json'), 'utf8'),
);

const folder = mkdtempSync(join(tmpdir(), 'onnx-proto-'));
try {
  execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, `onnx==${onnxVersion}`], {
    stdio: 'inherit',
  });
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  const files = unzipSync(readFileSync(join(folder, wheel)), { filter: ({ name }) => name === 'onnx/onnx.proto' });
  for (const content of Object.values(files)) writeFileSync(join(folder, 'onnx.proto'), content);
  writeFileSync(
    join(folder, 'buf.gen.yaml'),
    'version: v2\nplugins: [{ local: protoc-gen-es, out: out, opt: [target=ts] }]\n',
  );
  const packages = [
    `@bufbuild/buf@${bufVersion}`,
    ...['protobuf', 'protoc-gen-es'].map((name) => `@bufbuild/${name}@${protobufVersion}`),
  ];
  npm(['exec', '--yes', ...packages.map((name) => `--package=${name}`), '--', 'buf', 'generate', 'onnx.proto'], {
    cwd: folder,
  });
  copyFileSync(join(folder, 'out/onnx_pb.ts'), join(root, 'src/engine/graphs/generated/onnx_pb.ts'));
} finally {
  rmSync(folder, { recursive: true });
}
