/**
 * Fetches and caches the tiles of one attention map, a few requests at a time; requests for tiles no longer visible
 * are cancelled. Used by the matrix view; holds at most as many as the painter has slots.
 */
import { PageError } from '../../../src/ipc/pages/protocol';
import type { Capture, MapPlace } from '../data';
import { difference, tileSide } from '../model/cells';

export const tileSlots = 48;

/** A tile that is there: in which slot of the painter, and its cells. */
export interface LoadedTile {
  readonly slot: number;
  readonly width: number;
  readonly height: number;
  readonly cells: Uint8Array;
}

export interface TileKey {
  readonly level: number;
  /** In tiles. */
  readonly x: number;
  readonly y: number;
}

/** Fetches tiles of one map, a few at a time and the latest first, and keeps as many as the painter has slots. */
export class Tiles {
  readonly #loaded = new Map<string, LoadedTile>();
  readonly #running = new Map<string, AbortController>();
  #wanted: TileKey[] = [];
  #freeSlots = Array.from({ length: tileSlots }, (_, slot) => slot);
  #ended = false;

  constructor(
    private readonly capture: Capture,
    private readonly place: MapPlace,
    /** Subtracted, where two heads or two captures are compared. */
    private readonly against: { readonly capture: Capture; readonly place: MapPlace } | undefined,
    private readonly arrived: (tile: LoadedTile) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  get(key: TileKey): LoadedTile | undefined {
    const name = nameOf(key);
    const tile = this.#loaded.get(name);
    if (tile !== undefined) {
      this.#loaded.delete(name);
      this.#loaded.set(name, tile);
    }
    return tile;
  }

  /** Says what is on screen, most wanted first; what was asked for and is not any more is given up. */
  want(keys: readonly TileKey[]): void {
    this.#wanted = keys.filter((key) => !this.#loaded.has(nameOf(key)));
    const names = new Set(this.#wanted.map(nameOf));
    for (const [name, controller] of this.#running) if (!names.has(name)) controller.abort();
    this.#fetchNext();
  }

  end(): void {
    this.#ended = true;
    for (const controller of this.#running.values()) controller.abort();
  }

  #fetchNext(): void {
    while (!this.#ended && this.#running.size < 4) {
      const next = this.#wanted.find((key) => !this.#running.has(nameOf(key)));
      if (next === undefined) return;
      this.#wanted = this.#wanted.filter((key) => key !== next);
      void this.#fetch(next);
    }
  }

  async #fetch(key: TileKey): Promise<void> {
    const name = nameOf(key);
    const controller = new AbortController();
    this.#running.set(name, controller);
    const area = { x: key.x * tileSide, y: key.y * tileSide, width: tileSide, height: tileSide };
    const ask = (capture: Capture, place: MapPlace): ReturnType<Capture['tile']> =>
      capture.tile(place, key.level, 'max', area, controller.signal);
    try {
      const [tile, other] = await Promise.all([
        ask(this.capture, this.place),
        this.against ? ask(this.against.capture, this.against.place) : undefined,
      ]);
      if (this.#ended) return;
      const cells = other === undefined ? tile.data : difference(tile.data, other.data);
      const loaded = { slot: this.#slot(), width: tile.width, height: tile.height, cells };
      this.#loaded.set(name, loaded);
      this.arrived(loaded);
    } catch (error) {
      if (!(error instanceof PageError && error.code === 'cancelled') && !this.#ended) this.failed(error);
    } finally {
      this.#running.delete(name);
      this.#fetchNext();
    }
  }

  #slot(): number {
    const free = this.#freeSlots.pop();
    if (free !== undefined) return free;
    const [oldest] = this.#loaded;
    if (oldest === undefined) return 0;
    this.#loaded.delete(oldest[0]);
    return oldest[1].slot;
  }
}

function nameOf({ level, x, y }: TileKey): string {
  return `${level}/${x}/${y}`;
}
