/**
 * The `next-edit` command: takes the difference of two versions of a file for the user's last edits and prints where the same
 * edit would be made next, as JSON lines; called by `main.ts`. Runs no model and changes no file.
 */
import { basename, join, resolve } from 'node:path';
import { isOutside } from '../common/files/isOutside';
import { isSecretPath } from '../common/secrets/secretFiles';
import { withoutSecrets } from '../common/secrets/withoutSecrets';
import { detectEncoding } from '../common/text/encoding/detectEncoding';
import { isAlike } from '../nearby/candidateFiles';
import { changesBetween, linesOf } from '../nearby/edits/changes';
import type { TokenizedText } from '../nearby/edits/analogy';
import { EditHistory } from '../nearby/edits/history';
import { nextEdits, tokenized } from '../nearby/edits/nextEdits';
import type { ProposedEdit } from '../nearby/edits/nextEdits';
import { filesAround } from '../nearby/filesAround';
import { Neighbours } from '../nearby/fileTexts';
import type { NextEditCommand } from './arguments';
import { readText, withPlainLineEnds } from './document';
import { CommandError } from './failure';
import type { WriteLine } from './output';

/** Files around that are looked into. */
const maxFiles = 50;

/** @throws {CommandError} where a version cannot be read, or is of a file that usually holds secrets */
export async function nextEdit({ before, after, folder }: NextEditCommand, write: WriteLine): Promise<void> {
  const secret = [before, after].find((path) => isSecretPath(path));
  if (secret !== undefined) throw new CommandError(`${secret} usually holds secrets: it is not read.`);
  const [old, now] = [await readPlain(before), await readPlain(after)];
  const history = historyOf(old, now, after);
  const sources = [tokenized(after, now), ...(folder === undefined ? [] : await readAround(after, folder))];
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  for (const proposed of nextEdits(history.work, sources)) await write(JSON.stringify(told(proposed, texts)));
}

const readPlain = async (path: string): Promise<string> =>
  withoutSecrets(withPlainLineEnds(await readText(path)), path);

/** The changes from one version to the other, made from the top. */
function historyOf(old: string, now: string, path: string): EditHistory {
  const history = new EditHistory();
  let text = old;
  let grown = 0;
  for (const change of changesBetween(old, now)) {
    const start = linesOf(text)
      .slice(0, change.line + grown)
      .join('').length;
    const edit = { before: text, start, end: start + change.old.join('').length, inserted: change.now.join('') };
    history.add(path, edit);
    text = text.slice(0, edit.start) + edit.inserted + text.slice(edit.end);
    grown += change.now.length - change.old.length;
  }
  return history;
}

async function readAround(path: string, folder: string): Promise<TokenizedText[]> {
  const root = resolve(folder);
  // A version that lies elsewhere is one of a file of the folder's.
  const own = isOutside(root, resolve(path)) ? join(root, basename(path)) : resolve(path);
  const around = await filesAround(own, root, (other) => isAlike(other, own) && !isSecretPath(other));
  const read = await new Neighbours(detectEncoding).read(around.slice(0, maxFiles));
  return read.map(({ path: other, text }) => tokenized(other, withPlainLineEnds(text)));
}

/** Lines and columns count from 1, columns in UTF-16 units, as everywhere on the command line. */
function told({ edit, confidence, learntFrom }: ProposedEdit, texts: ReadonlyMap<string, string>) {
  const text = texts.get(edit.path) ?? '';
  const { fit, renames } = edit;
  return {
    path: edit.path,
    range: { start: positionAt(text, edit.start), end: positionAt(text, edit.end) },
    text: edit.text,
    confidence: Number(confidence.toFixed(3)),
    why: {
      learntFrom: learntFrom.map(({ path: own, start, pattern: { gapBefore, gapAfter } }) => ({
        line: positionAt(texts.get(own) ?? '', start).line,
        before: gapBefore.trim(),
        after: gapAfter.trim(),
      })),
      sameTokens: { before: fit.exactLeft, behind: fit.exactRight },
      names: Object.fromEntries(renames),
    },
  };
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
