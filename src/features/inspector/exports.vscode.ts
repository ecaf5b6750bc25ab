/**
 * Saves what the panel shows through a save dialog: as picture, JSON, NumPy matrix or a standalone HTML session. Used
 * by `inspector.vscode.ts`.
 */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Relation, Tile } from '../../ipc/engine/messages/attention';
import { recordSimilarity } from '../../attention/similarityRecording';
import type { EngineService } from '../../host/engineService';
import type { Captured } from './inspection';
import { pairsFile, wholeMap } from '../../attention/npy';
import type { ExportKind, MapPlace, CaptureView } from './messages';
import { sessionFile } from './sessionFile';

export interface Export {
  readonly captured: Captured;
  readonly kind: ExportKind;
  /** Proposed, without ending. */
  readonly name: string;
  /** What to write; for a session, the page's theme as JSON; for a matrix, nothing. */
  readonly data: Uint8Array;
  readonly map: MapPlace;
  /** Which tokens belong together in the code; called for a session only. */
  readonly relations: () => Promise<Relation[]>;
  readonly engine: Pick<EngineService, 'request'>;
  readonly root: string;
}

const endings: Readonly<Record<ExportKind, string>> = {
  png: 'png',
  svg: 'svg',
  json: 'json',
  npy: 'npy',
  session: 'html',
};

/** Asks for a place and writes a file there. @returns its name; undefined where the user changed their mind */
export async function saveExport(wanted: Export): Promise<string | undefined> {
  const ending = endings[wanted.kind];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const place = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, `${wanted.name}.${ending}`),
    filters: { [ending.toUpperCase()]: [ending] },
  });
  if (place === undefined) return undefined;
  await vscode.workspace.fs.writeFile(place, await contentOf(wanted));
  return basename(place.path);
}

async function contentOf({ captured, kind, data, map, relations, engine, root }: Export): Promise<Uint8Array> {
  switch (kind) {
    case 'session':
      return session(
        captured,
        new TextDecoder().decode(data),
        { relations: await relations(), layers: layersOf(map) },
        engine,
        root,
      );
    case 'npy':
      return matrix(captured, map, engine);
    default:
      return data;
  }
}

/** @throws {EngineError} where there is no such map */
function matrix({ shown }: Captured, { stack, layer, heads }: MapPlace, engine: Export['engine']): Promise<Uint8Array> {
  if (shown.similarity !== undefined)
    return Promise.resolve(pairsFile(shown.similarity.pairs, shown.sequences[1]?.ids.length ?? 1));
  const { queries = 0, keys = 0 } = shown.stacks[stack] ?? {};
  const [rows, columns] = [queries, keys].map((sequence) => shown.sequences[sequence]?.ids.length ?? 0) as [
    number,
    number,
  ];
  const strip = (y: number, height: number): Promise<Tile> =>
    engine.request(
      'tile',
      {
        capture: shown.capture,
        stack,
        ...(layer === null ? {} : { layer }),
        heads,
        level: 0,
        kind: 'max',
        x: 0,
        y,
        width: columns,
        height,
      },
      { priority: 'inspect' },
    );
  return wholeMap(rows, columns, strip);
}

interface RecordingOptions {
  readonly relations: Relation[];
  /** Layers that go before others where there is no room for all. */
  readonly layers: number[];
}

const layersOf = ({ layer }: MapPlace): number[] => (layer === null ? [] : [layer]);

/** The panel itself with a recording of the capture, as one file. @throws {EngineError} where the capture is too large */
async function session(
  { shown }: Captured,
  theme: string,
  options: RecordingOptions,
  engine: Export['engine'],
  root: string,
): Promise<Uint8Array> {
  const recording = await recordingOf(shown, options, engine);
  return sessionFile(
    {
      shown: {
        kind: shown.kind,
        title: shown.title,
        firstLines: shown.firstLines,
        ...(shown.copied && { copied: true }),
      },
      recording,
      theme,
      language: vscode.env.language,
    },
    root,
  );
}

async function recordingOf(
  { capture, detail: model, similarity, sequences: [question, code] }: CaptureView,
  options: RecordingOptions,
  engine: Export['engine'],
): Promise<Uint8Array> {
  if (similarity !== undefined && question !== undefined && code !== undefined)
    return recordSimilarity({ model, question, code, ...similarity });
  return (await engine.request('recordCapture', { capture, causal: [], ...options }, { priority: 'inspect' })).data;
}
