/** What the thread that writes indexes can be told to do; sent by the index server, done by `writer.ts`. */
import type { EncoderFacts, Root } from '../../ipc/indexer/protocol';

export interface StoredRoot extends Root {
  /** Absolute path of the index' own folder. */
  readonly store: string;
}

export type WriterCommand =
  | { readonly kind: 'roots'; readonly roots: readonly StoredRoot[] }
  | { readonly kind: 'changed'; readonly root: string; readonly paths?: readonly string[] }
  | { readonly kind: 'repair'; readonly root: string }
  | { readonly kind: 'encoder'; readonly encoder: EncoderFacts | undefined; readonly rests: boolean }
  | { readonly kind: 'used'; readonly root: string; readonly path: string }
  | { readonly kind: 'pause' | 'resume' | 'cancel' | 'rebuild' | 'clear' };
