/**
 * Finds pairs of related tokens in the captured code: names with their definitions from the language server, and
 * tokens of one syntax node. Used by `inspector.vscode.ts`; limited in number and time.
 */
import * as vscode from 'vscode';
import type { Relation } from '../../ipc/engine/messages/attention';
import { shownText } from '../../host/shownText.vscode';
import type { Log } from '../../host/log.vscode';
import type { Grammars } from '../../syntax/grammars';
import { languageOf, pathInLanguage } from '../../syntax/languages';
import { definitions, namesToAsk, siblings } from './codeRelations';
import type { DefinedAt, Name } from './codeRelations';
import type { CaptureSource } from './source';
import { errorMessage } from '../../common/errorMessage';

/** Definitions that are asked for, how many at a time, and for how long: a language server has other things to do. */
const maxNames = 200;
const atOnce = 4;
const maxMs = 2_000;

/**
 * What the editor knows of the captured code: which names are defined where, by its language server, and which tokens
 * are parts of one syntax node. What cannot be found out is left out.
 *
 * @param sequence whose tokens are meant; relations are of tokens within it
 */
export async function relationsOf(
  source: CaptureSource,
  sequence: number,
  grammars: Promise<Grammars>,
  log: Pick<Log, 'debug'>,
  signal: AbortSignal,
): Promise<Relation[]> {
  const offsets = source.offsets(sequence);
  const found = await Promise.all(
    [parents(source, offsets, grammars), defined(source, offsets, signal)].map(async (work) => {
      try {
        return await work;
      } catch (error) {
        log.debug(`What belongs together in ${source.document.uri} is not known: ${errorMessage(error)}`);
        return undefined;
      }
    }),
  );
  return found.filter((relation) => relation !== undefined && relation.pairs.length > 0) as Relation[];
}

async function parents(
  { document: { uri, text, languageId } }: CaptureSource,
  offsets: Int32Array,
  grammars: Promise<Grammars>,
): Promise<Relation | undefined> {
  const { structure } = languageOf(pathInLanguage(vscode.Uri.parse(uri).path, languageId));
  const known = offsets.filter((offset) => offset >= 0);
  if (typeof structure === 'string' || known.length === 0) return undefined;
  const area = { start: known.reduce((a, b) => Math.min(a, b)), end: known.reduce((a, b) => Math.max(a, b)) };
  const leaves = await (await grammars).leaves(text, structure.grammar, area);
  return leaves && siblings(offsets, leaves, text);
}

async function defined(source: CaptureSource, offsets: Int32Array, signal: AbortSignal): Promise<Relation | undefined> {
  const { uri, text } = source.document;
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  // Of code that has changed since, places would be others.
  if (document === undefined || shownText(document) !== text) return undefined;
  const names = namesToAsk(offsets, text, maxNames);
  const end = performance.now() + maxMs;
  const found: DefinedAt[] = [];
  const askOn = async (): Promise<void> => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const left = end - performance.now();
      if (signal.aborted || left <= 0) return;
      const start = await Promise.race([definitionOf(document, name), ended(left, signal)]);
      if (start !== undefined) found.push({ name, start });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askOn));
  return definitions(offsets, text, found);
}

/** The offset of a name's definition; undefined where it has none in the same document, or is its own. */
async function definitionOf(document: vscode.TextDocument, name: Name): Promise<number | undefined> {
  const position = document.positionAt(name.start);
  const places = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[] | undefined>(
    'vscode.executeDefinitionProvider',
    document.uri,
    position,
  );
  for (const place of places ?? []) {
    const [uri, range] =
      'targetUri' in place
        ? [place.targetUri, place.targetSelectionRange ?? place.targetRange]
        : [place.uri, place.range];
    const start = document.offsetAt(range.start);
    if (uri.toString() === document.uri.toString() && (start < name.start || start >= name.end)) return start;
  }
  return undefined;
}

/** When the time is up, or the answer is no longer wanted. */
function ended(milliseconds: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(undefined);
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
