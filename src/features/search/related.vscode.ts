/**
 * From a hit to its callers, what it calls, and its tests: the language server is asked where one runs, else the index, by
 * names. Used by the search view; changes nothing.
 */
import * as vscode from 'vscode';
import { isTest } from '../../common/files/testPath';
import { asked } from '../../host/languageServer.vscode';
import type { FoundChunk } from '../../ipc/indexer/protocol';
import { nameOf } from './finder.vscode';
import { documentOf } from './hitDocument.vscode';
import type { HitRelation } from './messages';
import { calledNames, placesOf, plainSymbol } from './related';
import type { WorkspaceIndex } from './workspaceIndex.vscode';

/** What was found, and who has found it. */
export interface RelatedPlaces {
  /** What others call the hit by; empty where it is no definition. */
  readonly name: string;
  readonly places: readonly vscode.Location[];
  readonly isByServer: boolean;
}

/** How many pieces of code are looked through for a name. */
const looked = 100;
/** Parts of paths that tests usually have. */
const testFilter = 'path:test path:spec path:mock path:fixtures';

/** @throws {IndexError} */
export async function relatedPlaces(
  index: WorkspaceIndex,
  hit: FoundChunk,
  relation: HitRelation,
): Promise<RelatedPlaces> {
  const found = await documentOf(hit);
  const name = plainSymbol(hit.symbol);
  if (name === '') return { name, places: [], isByServer: false };
  const own = nameOf(hit, found);
  const served = await (relation === 'tests' ? references(own) : calls(own, relation));
  if (served !== undefined) {
    const places = relation === 'tests' ? served.filter(({ uri }) => isTest(pathOf(uri))) : served;
    return { name, places, isByServer: true };
  }
  const code = found.document.getText(found.range);
  const named =
    relation === 'callees'
      ? await Promise.all(calledNames(code, name).map((called) => definitionOf(index, called)))
      : [await usesOf(index, name, own, relation)];
  return { name, places: named.flat(), isByServer: false };
}

/** @returns undefined where no language server knows calls or references */
async function calls(own: vscode.Location, relation: 'callers' | 'callees'): Promise<vscode.Location[] | undefined> {
  const { uri, range } = own;
  const items = await asked<vscode.CallHierarchyItem>('vscode.prepareCallHierarchy', uri, range.start);
  if (items.length === 0) return relation === 'callers' ? references(own) : undefined;
  if (relation === 'callers') {
    const incoming = items.map((item) => asked<vscode.CallHierarchyIncomingCall>('vscode.provideIncomingCalls', item));
    return (await Promise.all(incoming))
      .flat()
      .flatMap(({ from, fromRanges }) => fromRanges.map((place) => new vscode.Location(from.uri, place)));
  }
  const outgoing = items.map((item) => asked<vscode.CallHierarchyOutgoingCall>('vscode.provideOutgoingCalls', item));
  return (await Promise.all(outgoing)).flat().map(({ to }) => new vscode.Location(to.uri, to.selectionRange));
}

/** @returns without the place itself; undefined where nobody knows any */
async function references(own: vscode.Location): Promise<vscode.Location[] | undefined> {
  const found = await asked<vscode.Location>('vscode.executeReferenceProvider', own.uri, own.range.start);
  return found.length === 0 ? undefined : found.filter((place) => !isSame(place, own));
}

const isSame = (a: vscode.Location, b: vscode.Location): boolean =>
  a.uri.toString() === b.uri.toString() && a.range.start.line === b.range.start.line;

/** Wherever the name stands, but where it is defined. */
async function usesOf(
  index: WorkspaceIndex,
  name: string,
  own: vscode.Location,
  relation: HitRelation,
): Promise<vscode.Location[]> {
  const text = `"${name}"${relation === 'tests' ? ` ${testFilter}` : ''}`;
  const { found } = await index.request('search', { text, kind: 'words', top: looked });
  const wanted = found.filter(({ path }) => relation !== 'tests' || isTest(path));
  const places = await Promise.all(wanted.map((hit) => placesIn(hit, name).catch(() => [])));
  return places.flat().filter((place) => !isSame(place, own));
}

async function placesIn(hit: FoundChunk, name: string): Promise<vscode.Location[]> {
  const { document, range } = await documentOf(hit);
  const start = document.offsetAt(range.start);
  return placesOf(name, document.getText(range)).map((at) => {
    const place = document.positionAt(start + at);
    return new vscode.Location(document.uri, new vscode.Range(place, place.translate(0, name.length)));
  });
}

/** Where a name is defined, by the index. */
async function definitionOf(index: WorkspaceIndex, name: string): Promise<vscode.Location[]> {
  const { found } = await index.request('search', { text: `${name} symbol:${name}`, kind: 'words', top: 5 });
  const hit = found.find(({ symbol }) => plainSymbol(symbol) === name);
  if (hit === undefined) return [];
  const document = await documentOf(hit).catch(() => undefined);
  return document === undefined ? [] : [nameOf(hit, document)];
}

/** With `/` between folders, from the workspace folder where there is one. */
const pathOf = (uri: vscode.Uri): string => vscode.workspace.asRelativePath(uri, false).replaceAll('\\', '/');
