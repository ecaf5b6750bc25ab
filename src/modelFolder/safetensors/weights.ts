/**
 * The weights of a folder of safetensors, in one file or in shards that an index names; read a few rows at a time. Used by
 * `decoder.ts`, and where encoders are built. Trusts neither the index nor the files, and never leaves the folder by a name.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { inOneLine, misfit } from '../../common/schemaIssue';
import { exists, invalid, readJson } from '../layouts/files';
import { stackedMatrices } from '../weightMatrix';
import type { WeightMatrix } from '../weightMatrix';
import type { TensorPlace } from './header';
import { SafetensorsFile } from './safetensorsFile';

/** Names that `transformers` writes (`SAFE_WEIGHTS_NAME`, `SAFE_WEIGHTS_INDEX_NAME`). */
const names = { file: 'model.safetensors', index: 'model.safetensors.index.json' } as const;

const indexSchema = v.object({ weight_map: v.record(v.string(), v.string()) });
/** Beside the index: no way out of the folder, on any system. */
const shard = /^[A-Za-z0-9_][\w.-]*\.safetensors$/;
/** The largest models there are have a few hundred. */
const maxShards = 1000;

/** Values read at once, unless one row has more. */
const stripeValues = 1 << 18;

/** Whether a folder holds weights in this format. */
export const hasWeights = async (folder: string): Promise<boolean> =>
  (await exists(folder, names.file)) || (await exists(folder, names.index));

export class SafetensorsWeights {
  readonly #taken = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly files: readonly SafetensorsFile[],
    /** The file that holds a tensor, by the tensor's name. */
    private readonly holders: ReadonlyMap<string, SafetensorsFile>,
  ) {}

  /**
   * Opens all files of a folder and checks their headers.
   *
   * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence that names the file
   */
  static async open(folder: string): Promise<SafetensorsWeights> {
    if (await exists(folder, names.file)) {
      const file = await SafetensorsFile.open(join(folder, names.file));
      return new SafetensorsWeights(folder, [file], new Map([...file.tensors.keys()].map((name) => [name, file])));
    }
    return openShards(
      folder,
      await readIndex(folder),
      (files, holders) => new SafetensorsWeights(folder, files, holders),
    );
  }

  has(name: string): boolean {
    return this.holders.has(name);
  }

  /** All tensors by name. */
  get tensors(): ReadonlyMap<string, TensorPlace> {
    return new Map([...this.holders].map(([name, file]) => [name, file.tensors.get(name) as TensorPlace]));
  }

  /** @throws {EngineError} `modelInvalid` where there is no such matrix, or one of another shape or an unknown format */
  matrix(name: string, rows: number, columns: number): WeightMatrix {
    return matrixOf(this.#find(name, [rows, columns]), name, { first: 0, rows, columns });
  }

  /** Matrices that lie in one tensor, the rows of one behind those of another. @throws {EngineError} as `matrix` does */
  stacked<const Rows extends readonly number[]>(
    name: string,
    rows: Rows,
    columns: number,
  ): { [Part in keyof Rows]: WeightMatrix } {
    const file = this.#find(name, [rows.reduce((sum, count) => sum + count, 0), columns]);
    return stackedMatrices(rows, (first, count) => matrixOf(file, name, { first, rows: count, columns }));
  }

  /** The whole of a tensor of one dimension. @throws {EngineError} as `matrix` does */
  async vector(name: string, length: number): Promise<Float32Array> {
    return this.read(name, [length]);
  }

  /** The whole of a tensor. @throws {EngineError} as `matrix` does, or where it holds a value that is no finite number */
  async read(name: string, shape: readonly number[]): Promise<Float32Array> {
    return this.#find(name, shape).read(name, shape);
  }

  /** Says that a tensor is not needed. */
  leave(name: string): void {
    this.#taken.add(name);
  }

  /** The first tensor that has not been asked for. */
  get untaken(): string | undefined {
    return [...this.holders.keys()].find((name) => !this.#taken.has(name));
  }

  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()));
  }

  #find(name: string, shape: readonly number[]): SafetensorsFile {
    const file = this.holders.get(name);
    if (file === undefined)
      throw invalid(
        `The weights in the model folder ${this.folder} lack ${name}; choose another model or copy it again.`,
      );
    file.check(name, shape);
    this.#taken.add(name);
    return file;
  }
}

async function openShards<T>(
  folder: string,
  index: ReadonlyMap<string, string>,
  made: (files: SafetensorsFile[], holders: Map<string, SafetensorsFile>) => T,
): Promise<T> {
  const files = new Map<string, SafetensorsFile>();
  try {
    for (const name of new Set(index.values())) files.set(name, await SafetensorsFile.open(join(folder, name)));
    const holders = new Map<string, SafetensorsFile>();
    for (const [tensor, name] of index) {
      const file = files.get(name) as SafetensorsFile;
      if (!file.tensors.has(tensor))
        throw invalid(
          `${names.index} in the model folder ${folder} looks for a tensor in ${name} that is not there; copy the model again.`,
        );
      holders.set(tensor, file);
    }
    return made([...files.values()], holders);
  } catch (cause) {
    await Promise.all([...files.values()].map((file) => file.close()));
    throw cause;
  }
}

/** Names of files by the tensors that they hold. */
async function readIndex(folder: string): Promise<ReadonlyMap<string, string>> {
  const parsed = v.safeParse(indexSchema, await readJson(folder, names.index));
  const refuse = (what: string) =>
    invalid(`${names.index} in the model folder ${folder} is not understood: ${what}; copy the model again.`);
  if (!parsed.success) throw refuse(misfit(parsed.issues[0]));
  const index = new Map(Object.entries(parsed.output.weight_map));
  const shards = [...new Set(index.values())];
  if (shards.length < 1 || shards.length > maxShards) throw refuse(`it names ${shards.length} files`);
  const other = shards.find((name) => !shard.test(name));
  if (other !== undefined) throw refuse(inOneLine(`"${other}" is no name of such a file beside it`));
  return index;
}

/** Some rows of a tensor. */
interface RowRange {
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
}

function matrixOf(file: SafetensorsFile, name: string, { first, rows, columns }: RowRange): WeightMatrix {
  const step = Math.max(1, Math.floor(stripeValues / columns));
  return {
    name,
    rows,
    columns,
    async *stripes() {
      for (let row = 0; row < rows; row += step)
        yield await file.readPart(name, (first + row) * columns, Math.min(step, rows - row) * columns);
    },
  };
}
