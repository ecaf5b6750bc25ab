/**
 * Lists the models in the stores of other programs, each by the path that a setting takes and the name that its program has
 * for it. Used by *Choose a Model*; reads names of folders and Ollama's manifests, no model, and changes nothing.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import * as v from 'valibot';
import type { Store, StoreKind } from './stores';

export interface FoundModel {
  /** Absolute path of a file or folder. */
  readonly path: string;
  /** What its program calls it: `qwen2.5-coder:0.5b`, `onnx-community/Qwen2.5-Coder-0.5B`. */
  readonly label: string;
  readonly store: StoreKind;
}

/** More of one store are not looked at. */
const maxModels = 200;
/** Folders below a store that are looked into: `publisher/model/file`, and one more. */
const maxDepth = 4;

/** In the order of the stores, each by name. Rejects never: what cannot be read is not there. */
export async function findModels(stores: readonly Store[]): Promise<FoundModel[]> {
  const lists = await Promise.all(
    stores.map(async ({ kind, folder }) => {
      const found = await finders[kind](folder);
      return found
        .map((model) => ({ ...model, store: kind }))
        .sort((a, b) => (a.label < b.label ? -1 : 1))
        .slice(0, maxModels);
    }),
  );
  const paths = new Set<string>();
  return lists.flat().filter(({ path }) => !paths.has(path) && paths.add(path));
}

type Found = Omit<FoundModel, 'store'>;

const finders: Readonly<Record<StoreKind, (folder: string) => Promise<Found[]>>> = {
  ollama: findInOllama,
  lmStudio: findFiles,
  llamaCpp: findFiles,
  huggingFace: findSnapshots,
};

const manifest = v.object({ layers: v.array(v.object({ mediaType: v.string(), digest: v.string() })) });
const modelLayer = 'application/vnd.ollama.image.model';

/** `manifests/REGISTRY/NAMESPACE/MODEL/TAG` names a file of `blobs/` by its digest. */
async function findInOllama(folder: string): Promise<Found[]> {
  const manifests = join(folder, 'manifests');
  const found = await Promise.all(
    (await filesBelow(manifests)).map(async (path): Promise<Found[]> => {
      const digest = await readFile(path, 'utf8')
        .then((text) => v.parse(manifest, JSON.parse(text)).layers.find(({ mediaType }) => mediaType === modelLayer)?.digest)
        .catch(() => undefined); // prettier-ignore
      const name = /^sha256[:-]([0-9a-f]{64})$/.exec(digest ?? '')?.[1];
      if (name === undefined) return [];
      const [, namespace = '', ...rest] = relative(manifests, path).split(sep);
      const tag = rest.pop() ?? '';
      const model = [...(namespace === 'library' ? [] : [namespace]), ...rest].join('/');
      return [{ path: join(folder, 'blobs', `sha256-${name}`), label: `${model}:${tag}` }];
    }),
  );
  return found.flat();
}

/** GGUF files; of those that come in parts, the first, which says so. What reads pictures is no model by itself. */
async function findFiles(folder: string): Promise<Found[]> {
  return (await filesBelow(folder))
    .filter((path) => isModelFile(basename(path)))
    .map((path) => ({ path, label: relative(folder, path).split(sep).join('/') }));
}

const isModelFile = (name: string): boolean =>
  /\.gguf$/i.test(name) && !/^mmproj/i.test(name) && !/-(?!00001)\d{5}-of-\d{5}\.gguf$/i.test(name);

/** `models--ORGANISATION--NAME/snapshots/REVISION`, with files or links to them: the revision that `refs/main` names. */
async function findSnapshots(folder: string): Promise<Found[]> {
  const repositories = (await namesIn(folder)).filter((name) => name.startsWith('models--'));
  const found = await Promise.all(
    repositories.map(async (repository): Promise<Found[]> => {
      const snapshots = join(folder, repository, 'snapshots');
      const wanted = await readFile(join(folder, repository, 'refs', 'main'), 'utf8').catch(() => '');
      const revisions = await namesIn(snapshots);
      const revision = revisions.find((name) => name === wanted.trim()) ?? revisions[0];
      if (revision === undefined) return [];
      const path = join(snapshots, revision);
      const label = repository.slice('models--'.length).replace('--', '/');
      const files = await findFiles(path);
      const isFolder = (await namesIn(path)).some((name) => name === 'config.json' || name === 'genai_config.json');
      return [
        ...(isFolder && files.length === 0 ? [{ path, label }] : []),
        ...files.map((file) => ({ path: file.path, label: `${label}/${file.label}` })),
      ];
    }),
  );
  return found.flat();
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** Files, and links to files, below a folder; links to folders are not followed. */
async function filesBelow(folder: string, depth = maxDepth): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return depth > 0 ? filesBelow(path, depth - 1) : [];
      const isFile = entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(path)));
      return isFile ? [path] : [];
    }),
  );
  return found.flat();
}

/** A link to a blob that is gone is no model; what cannot be read is found out when the model is. */
const leadsToFile = (path: string): Promise<boolean> => stat(path).then((found) => found.isFile(), () => false); // prettier-ignore
