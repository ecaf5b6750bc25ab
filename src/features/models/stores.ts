/**
 * Where programs that run models keep them: their documented folders, by system and environment. Pure; used by
 * `findModels.ts`. Nothing is read here.
 *
 * Sources: Ollama docs/faq.md (`OLLAMA_MODELS`); LM Studio docs, "Models directory"; llama.cpp `common_get_model_path`
 * (`LLAMA_CACHE`, common/common.cpp); Hugging Face Hub docs, "Environment variables" (`HF_HUB_CACHE`, `HF_HOME`).
 */
import { posix, win32 } from 'node:path';

export type StoreKind = 'ollama' | 'lmStudio' | 'llamaCpp' | 'huggingFace';

export interface Store {
  readonly kind: StoreKind;
  /** Absolute. */
  readonly folder: string;
}

export interface UserSystem {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Partial<Record<string, string>>>;
  /** The user's own folder, absolute. */
  readonly home: string;
}

/** What programs are called where people read it. */
export const storeNames: Readonly<Record<StoreKind, string>> = {
  ollama: 'Ollama',
  lmStudio: 'LM Studio',
  llamaCpp: 'llama.cpp',
  huggingFace: 'Hugging Face',
};

/** Each folder once; a program may have several. */
export function storesOf({ platform, env, home }: UserSystem): Store[] {
  const system = platform === 'win32' ? win32 : posix;
  const join = (...parts: string[]): string => system.join(...parts);
  /** What a variable names; nothing where it is unset, empty or names no place of its own. */
  const named = (name: string): string[] => {
    const value = env[name]?.trim().replace(/^~(?=[/\\]|$)/, home);
    return value !== undefined && system.isAbsolute(value) ? [value] : [];
  };
  const [cache = join(home, '.cache')] = named('XDG_CACHE_HOME');
  const local = named('LOCALAPPDATA')[0] ?? join(home, 'AppData', 'Local');
  const llama = { win32: join(local, 'llama.cpp'), darwin: join(home, 'Library', 'Caches', 'llama.cpp') };
  const first = (...places: readonly string[][]): string[] => places.find((place) => place.length > 0) ?? [];

  const folders: Readonly<Record<StoreKind, readonly string[]>> = {
    ollama: first(named('OLLAMA_MODELS'), [
      join(home, '.ollama', 'models'),
      // Where its service keeps them on Linux.
      ...(platform === 'linux' ? ['/usr/share/ollama/.ollama/models'] : []),
    ]),
    // The second until version 0.3.
    lmStudio: [join(home, '.lmstudio', 'models'), join(home, '.cache', 'lm-studio', 'models')],
    llamaCpp: first(named('LLAMA_CACHE'), [
      platform === 'win32' || platform === 'darwin' ? llama[platform] : join(cache, 'llama.cpp'),
    ]),
    huggingFace: first(
      named('HF_HUB_CACHE'),
      named('HUGGINGFACE_HUB_CACHE'),
      named('HF_HOME').map((place) => join(place, 'hub')),
      [join(cache, 'huggingface', 'hub')],
    ),
  };
  return (Object.keys(folders) as StoreKind[]).flatMap((kind) =>
    [...new Set(folders[kind])].map((folder) => ({ kind, folder })),
  );
}
