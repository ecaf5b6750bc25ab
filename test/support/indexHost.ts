import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Embedder } from '../../src/ipc/indexer/embedder';
import { IndexClient } from '../../src/ipc/indexer/client';
import type { FoundChunk, Progress, SearchQuestion, StartOptions } from '../../src/ipc/indexer/protocol';
import { storeName } from '../../src/indexer/store/storeName';
import { makeFolder } from './folder';
import { grammarFolder } from './grammars';
import { root as repository } from './paths';

export const indexModule = join(repository, 'dist/indexer.js');
export const wordsOf = (text: string): SearchQuestion => ({ text, kind: 'words', top: 10 });

/** What an index process is started with. @param storage absolute path of the folder that holds the indexes */
export const startOptions = (storage: string): Omit<StartOptions, 'died'> => ({
  storage,
  shared: join(storage, 'shared'),
  model: join(repository, 'models/search'),
  grammars: grammarFolder,
});

export interface IndexHostOptions {
  /** Holds the indexes; a new folder where it is absent. */
  readonly storage?: string | undefined;
  readonly excludes?: string[] | undefined;
  /** Folders beside the first one. */
  readonly more?: readonly string[];
  readonly encoder?: Embedder;
  /** Absolute path of another program than the index process. */
  readonly modulePath?: string;
}

/** A host with one folder open, or several, and what it was told. */
export class IndexHost {
  readonly lines: string[] = [];
  /** All that was reported. */
  readonly reports: Progress[] = [];
  progress: Progress | undefined;
  /** How often a question was said to have a better answer. */
  better = 0;
  encoder: Embedder | undefined;
  readonly storage: string;
  readonly client: IndexClient;

  constructor(
    readonly folder: string,
    { storage = makeFolder(), excludes = [], more = [], encoder, modulePath = indexModule }: IndexHostOptions,
  ) {
    this.storage = storage;
    this.encoder = encoder;
    this.client = new IndexClient({
      modulePath,
      start: startOptions(storage),
      roots: () => [folder, ...more].map((path) => ({ path, excludes, first: [] })),
      encoder: () => this.encoder && { id: this.encoder.id, dimension: this.encoder.dimension },
      embed: (texts, purpose, signal) => this.encoder!.embed(texts, purpose, signal),
      log: (level, message) => this.lines.push(`${level}: ${message}`),
      onBetter: () => this.better++,
      onProgress: (progress) => {
        this.progress = progress;
        this.reports.push(progress);
      },
    });
  }

  get catalogue(): string {
    return join(this.storage, storeName(this.folder), 'catalogue.db');
  }

  /** Starts the process with the first call, and waits until there is nothing left to do. */
  async idle(): Promise<void> {
    this.client.start();
    await this.until(() => this.progress?.phase === 'idle' && this.client.state.kind === 'ready');
  }

  async changed(...paths: string[]): Promise<void> {
    this.progress = undefined;
    await this.client.request('changed', { root: this.folder, paths });
    await this.until(() => this.progress?.phase === 'idle');
  }

  async found(text: string): Promise<FoundChunk[]> {
    return (await this.client.request('search', wordsOf(text))).found;
  }

  async paths(text: string): Promise<string[]> {
    return (await this.found(text)).map(({ path }) => path);
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await sleep(5);
  }

  get pid(): number {
    const { state } = this.client;
    assert.ok(state.kind === 'ready');
    return state.pid;
  }
}

/** The hosts of a test. */
export class IndexHosts {
  readonly #hosts: IndexHost[] = [];

  open(folder: string, options: IndexHostOptions = {}): IndexHost {
    const host = new IndexHost(folder, options);
    this.#hosts.push(host);
    return host;
  }

  close(): void {
    for (const { client, folder, storage } of this.#hosts.splice(0)) {
      client.dispose();
      for (const path of [folder, storage]) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}
