/**
 * Opens and verifies folders with a `glassbox.json` manifest, decoders and encoders; used by `folder.ts`, and its name
 * of the manifest by the assembler.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';
import { addedTokens, vocabularySize } from './addedTokens';
import { exists, invalid, readJson, verifyFile } from './files';
import type { DecoderFolder, EncoderFolder, ModelFolder, SpecialToken } from './types';

export const manifestName = 'glassbox.json';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Relative, with `/`, in plain characters: no way out of the folder, on any system. */
const path = v.pipe(
  v.string(),
  v.maxLength(200),
  v.regex(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*$/, 'a plain relative path'),
);
const names = [
  'file',
  'suffix',
  'prefix',
  'rest',
  'middle',
  'endOfMiddle',
  'doc',
  'query',
  'document',
  'pad',
  'beginOfText',
  'endOfText',
  'endOfTurn',
] as const satisfies readonly SpecialToken[];

const header = v.object({ format: v.unknown(), role: v.unknown() });
const text = v.pipe(v.string(), v.nonEmpty());
/** What both roles of format 1 of docs/model-folder.md have. */
const common = {
  format: v.literal(1),
  name: text,
  version: v.string(),
  license: v.string(),
  contextLength: positive,
  vocabularySize: positive,
  graph: path,
  tokenizer: path,
  files: v.array(
    v.strictObject({
      path,
      bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')),
    }),
  ),
};
const decoder = v.strictObject({
  ...common,
  role: v.literal('decoder'),
  layout: v.picklist([
    'suffix-first-marked',
    'suffix-first-next-line',
    'prefix-suffix-middle',
    'suffix-prefix-middle',
    'left-to-right',
  ]),
  tokens: v.strictObject(v.entriesFromList(names, v.optional(text))),
  cache: v.strictObject({ layers: positive, heads: positive, headSize: positive }),
  copiesFrom: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  chatTemplate: v.optional(text),
  nextEdit: v.optional(v.literal('sweep')),
  stopTokens: v.optional(v.array(text)),
});
const encoder = v.strictObject({
  ...common,
  role: v.literal('encoder'),
  dimension: positive,
  pooling: v.picklist(['mean', 'first', 'last', 'max', 'weightedMean']),
  poolingIsAssumed: v.optional(v.literal(true)),
  prefixes: v.optional(v.strictObject({ query: v.string(), document: v.string() })),
  poolsPrefix: v.optional(v.boolean(), true),
  trims: v.optional(v.boolean(), false),
  lowerCase: v.optional(v.boolean(), false),
  tokens: v.strictObject({ query: v.optional(text), document: v.optional(text), pad: v.optional(text) }),
});
const manifest = v.variant('role', [decoder, encoder]);
type Manifest = v.InferOutput<typeof manifest>;
type DecoderManifest = v.InferOutput<typeof decoder>;
type EncoderManifest = v.InferOutput<typeof encoder>;

/** What a prompt of each layout cannot be written without. */
const needed: Record<DecoderManifest['layout'], readonly SpecialToken[]> = {
  'suffix-first-marked': ['file', 'suffix', 'prefix', 'rest', 'middle', 'endOfMiddle'],
  'suffix-first-next-line': ['file', 'suffix', 'prefix', 'rest', 'middle', 'endOfMiddle'],
  'prefix-suffix-middle': ['prefix', 'suffix', 'middle'],
  'suffix-prefix-middle': ['prefix', 'suffix'],
  'left-to-right': [],
};

export const hasManifest = (folder: string): Promise<boolean> => exists(folder, manifestName);

/**
 * Opens a folder with `glassbox.json`; every file that will be loaded has been checked when this returns.
 *
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function openGlassboxFolder(folder: string): Promise<ModelFolder> {
  const content = readManifest(folder, await readJson(folder, manifestName));
  await checkFiles(folder, content);

  const tokenizer = await readJson(folder, content.tokenizer);
  const added = addedTokens(tokenizer, undefined);
  checkTokens(folder, content, new Set(added.values()));
  if (vocabularySize(tokenizer, added) > content.vocabularySize) {
    throw invalid(
      `${content.tokenizer} in the model folder ${folder} has more tokens than the model (${content.vocabularySize}); copy the tokenizer that belongs to the model.`,
    );
  }
  const shared = {
    path: folder,
    name: content.name,
    contextLength: content.contextLength,
    vocabularySize: content.vocabularySize,
    graph: join(folder, content.graph),
    tokenizer,
    tokenizerConfig: undefined,
  };
  return content.role === 'decoder' ? { ...shared, ...decoderParts(content) } : { ...shared, ...encoderParts(content) };
}

type Parts<Folder extends ModelFolder> = Omit<
  Folder,
  'path' | 'name' | 'contextLength' | 'vocabularySize' | 'graph' | 'tokenizer' | 'tokenizerConfig'
>;

function decoderParts({
  tokens: named,
  cache,
  layout,
  copiesFrom,
  chatTemplate,
  nextEdit,
  stopTokens = [],
}: DecoderManifest): Parts<DecoderFolder> {
  const tokens = withoutAbsent(named);
  return {
    role: 'decoder',
    cacheOutputs: 'delta',
    cache,
    promptLayout: layout,
    tokens,
    stopTokens: unique([tokens.endOfMiddle, tokens.endOfText, tokens.endOfTurn, tokens.file, ...stopTokens]),
    ...(copiesFrom !== undefined && { copiesFrom }),
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(nextEdit !== undefined && { nextEdit }),
  };
}

function encoderParts(manifest: EncoderManifest): Parts<EncoderFolder> {
  const { dimension, pooling, poolingIsAssumed, poolsPrefix, trims, lowerCase } = manifest;
  const { pad, ...marks } = withoutAbsent(manifest.tokens);
  return {
    role: 'encoder',
    dimension,
    pooling,
    ...(poolingIsAssumed && { poolingIsAssumed }),
    needsFinishedVectors: false,
    prefixes: manifest.prefixes ?? { query: '', document: '' },
    poolsPrefix,
    marks,
    pad,
    trims,
    lowerCase,
  };
}

const unique = (tokens: readonly (string | undefined)[]): string[] =>
  [...new Set(tokens)].filter((token) => token !== undefined);

const withoutAbsent = <Name extends string>(
  tokens: Partial<Record<Name, string | undefined>>,
): Partial<Record<Name, string>> =>
  Object.fromEntries(Object.entries(tokens).filter(([, token]) => token !== undefined)) as Partial<
    Record<Name, string>
  >;

function readManifest(folder: string, json: unknown): Manifest {
  const where = `${manifestName} in the model folder ${folder}`;
  if (v.is(header, json)) {
    if (json.format !== 1) {
      throw invalid(
        `${where} has format ${JSON.stringify(json.format)}, and only format 1 is understood; update Glassbox or choose another model.`,
      );
    }
    if (json.role !== 'decoder' && json.role !== 'encoder') {
      throw invalid(
        `${where} has role ${JSON.stringify(json.role)}, and only a decoder or an encoder is understood; choose another model.`,
      );
    }
  }
  const parsed = v.safeParse(manifest, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw invalid(`${where} does not fit format 1: ${misfit(issue)}; make the model folder again.`);
}

async function checkFiles(folder: string, { files, graph, tokenizer }: Manifest): Promise<void> {
  const listed = new Set(files.map((file) => file.path));
  // ONNX keeps large weights in files that begin with the graph's name, and loads them by itself.
  const besides = (await readdir(folder)).filter(
    (name) => name.startsWith(`${graph}.`) || name.startsWith(`${graph}_`),
  );
  for (const path of [graph, tokenizer, ...besides]) {
    if (!listed.has(path))
      throw invalid(
        `${path} is not listed in ${manifestName} of the model folder ${folder}; make the model folder again.`,
      );
  }
  for (const file of files) await verifyFile(folder, file);
}

function checkTokens(folder: string, content: Manifest, known: ReadonlySet<string>): void {
  if (content.role === 'decoder') {
    const { layout, tokens } = content;
    const absent = needed[layout].find((name) => tokens[name] === undefined);
    if (absent !== undefined) {
      throw invalid(
        `${manifestName} in the model folder ${folder} names no token "${absent}", which the layout ${layout} needs; make the model folder again.`,
      );
    }
    if (content.nextEdit !== undefined && tokens.file === undefined) {
      throw invalid(
        `${manifestName} in the model folder ${folder} names no token "file", which its prompt for next edits needs; name it, or take "nextEdit" out.`,
      );
    }
  }
  const stops = content.role === 'decoder' ? (content.stopTokens ?? []) : [];
  const unknown = [...Object.values(content.tokens), ...stops].find(
    (token) => token !== undefined && !known.has(token),
  );
  if (unknown !== undefined) {
    throw invalid(
      `${content.tokenizer} in the model folder ${folder} has no special token ${unknown}, which ${manifestName} names; copy the tokenizer that belongs to the model.`,
    );
  }
}
