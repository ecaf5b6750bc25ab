import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFileLines } from '../../../../src/cli/fileLines';
import { nextEdit } from '../../../../src/cli/nextEdit';
import { completeParams } from '../../../../src/features/completion/request';
import { EditRecorder } from '../../../../src/features/nextEdit/recorder';
import { editQuestion } from '../../../../src/features/nextEdit/written/question';
import { Summarizer } from '../../../../src/features/summarize/summarizer';
import { modes } from '../../../../src/features/summarize/summary';
import { indexFolder } from '../../../../src/indexer/indexing/indexing';
import { SearchIndex } from '../../../../src/indexer/searchIndex';
import { Catalogue } from '../../../../src/indexer/store/catalogue';
import { EditHistory } from '../../../../src/nearby/edits/history';
import { positionAt } from '../../../../src/nearby/edits/placedEdit';
import { EditFinder } from '../../../../src/nearby/edits/search';
import { Neighbours } from '../../../../src/nearby/fileTexts';
import { WordEmbedder } from '../../../support/embedders';
import { makeFolder } from '../../../support/folder';
import { grammars } from '../../../support/grammars';
import { root } from '../../../support/paths';
import { plantedSecrets } from '../../../support/plantedSecrets';
import { FakeWriter } from '../../features/summarize/fakeWriter';

/** A file with one planted line between two others; its own name says nothing, or it would not be opened. */
interface Case {
  /** Of the file, on disk. */
  readonly path: string;
  readonly text: string;
  readonly line: string;
  readonly secrets: readonly string[];
}

const folder = makeFolder();
const cases: readonly Case[] = [
  ...plantedSecrets(root, 'known', 7).filter(({ path }) => /\.(?:ts|py|ya?ml|sh|properties)$/.test(path)),
  // A value below its name, which parts of a text may be cut off from.
  ...plantedSecrets(root, 'known', 9)
    .slice(0, 1)
    .map(({ secrets: [secret = ''] }) => ({
      path: 'a.ts',
      line: `const password =\n  '${secret}';`,
      secrets: [secret],
    })),
].map(({ path, line, secrets }, number) => {
  const file = join(folder, `f${number}-${path.replaceAll('/', '-')}`);
  const text = `first line\n${line}\nlast line\n`;
  writeFileSync(file, text);
  return { path: file, text, line, secrets };
});
const nameOf = ({ path }: Case): string => path.slice(folder.length + 1);

/** The texts that leave of a case. */
type Way = (one: Case) => Promise<readonly string[]>;

/** What is made of the whole folder, once. */
const once = (make: () => Promise<readonly string[]>): Way => {
  let made: Promise<readonly string[]> | undefined;
  return () => (made ??= make());
};

const indexed = (): SearchIndex => new SearchIndex({ store: makeFolder(), root: folder, grammars });

const ways: Readonly<Record<string, Way>> = {
  'texts that the index embeds': once(async () => {
    const embedded: string[] = [];
    await indexFolder(folder, Catalogue.inMemory(), grammars, {
      vectorsFor: (texts) => {
        embedded.push(...texts.map(({ text }) => text));
        return Promise.resolve([]);
      },
    });
    return embedded;
  }),
  'texts that an encoder reads later': once(async () => {
    const encoder = new WordEmbedder('encoder');
    const index = new SearchIndex({ store: makeFolder(), root: folder, grammars, full: encoder });
    assert.ok(index.becomeWriter());
    await index.update();
    await index.upgrade();
    index.close();
    return encoder.asked;
  }),
  'snippets of hits, whatever lines they are cut to': (one) => {
    const lines = indexed().readLines();
    const count = one.text.split('\n').length;
    return Promise.resolve(Array.from({ length: count }, (_, at) => lines(nameOf(one), at + 1, at + 2)!.join('\n')));
  },
  'texts that ranking reads': (one) => {
    const read = indexed().readChunk();
    const starts = [...one.text.matchAll(/^/gm)].map(({ index }) => index);
    return Promise.resolve(starts.map((at) => read(nameOf(one), at, one.text.length)!));
  },
  'prompts of completions, with the cursor before, in and behind the line': ({ path, text, line }) => {
    const start = text.indexOf(line);
    const cursors = [0, start, start + 1, start + Math.floor(line.length / 2), start + line.length, text.length];
    const prompts = cursors.map((cursor) => {
      const place = { document: 'd', prefix: text.slice(0, cursor), suffix: text.slice(cursor) };
      const { prefix, suffix } = completeParams(place, { model: 'm', path, mode: 'line' });
      assert.equal(prefix.length, cursor);
      return prefix + suffix;
    });
    return Promise.resolve(prompts);
  },
  'prompts of completions in a cell, of the cells above and below': ({ path, text }) => {
    const own = { document: 'd', prefix: 'x = ', suffix: '\n' };
    const prompts = [
      { before: `${text}\n\n`, after: '' },
      { before: '', after: `\n\n${text}` },
    ].map((around) => {
      const { prefix, suffix } = completeParams({ ...own, around }, { model: 'm', path, mode: 'line' });
      return prefix + suffix;
    });
    return Promise.resolve(prompts);
  },
  'files near by': async ({ path }) => (await new Neighbours().read([path])).map(({ text }) => text),
  'prompts and facts of summaries': async ({ path, text, line }) => {
    const writer = new FakeWriter((code) => code);
    const answers = [];
    for (const mode of modes) {
      const request = { text, path, mode, model: 'm', attempt: 0 };
      for (const selection of [
        { start: 0, end: text.length },
        { start: text.indexOf(line), end: text.indexOf(line) + line.length },
      ])
        answers.push(await new Summarizer(writer, grammars).summarize({ ...request, selection }, () => undefined));
    }
    return [JSON.stringify(writer.asked), JSON.stringify(answers)];
  },
  'next edits on the command line': async ({ path, text }) => {
    // The lines of the case are changed twice, and the secret is around the place where they are changed next.
    const [before, after] = [`${path}.before.ts`, `${path}.after.ts`];
    const versions = [0, 2].map((changed) =>
      Array.from({ length: 6 }, (_, at) => `${text}first line of(${at < changed ? 'fresh' : 'old'}Name);\n`).join(''),
    );
    writeFileSync(before, versions[0]!);
    writeFileSync(after, versions[1]!);
    const printed: string[] = [];
    await nextEdit({ kind: 'nextEdit', before, after, folder: undefined }, (line) => {
      printed.push(line);
      return Promise.resolve();
    });
    return printed.length > 0 ? ['first line', ...printed] : [];
  },
  'edits that are learnt from': ({ path, text, line }) => {
    const recorder = new EditRecorder();
    let now = text;
    recorder.opened(path, () => text);
    // Beside the secret, in its line, and behind it.
    for (const anchor of ['first line', line, 'last line']) {
      const offset = now.indexOf(anchor) + anchor.length;
      now = `${now.slice(0, offset)} fresh${now.slice(offset)}`;
      recorder.edited(path, [{ offset, length: 0, text: ' fresh' }], () => now);
      recorder.settle();
    }
    return Promise.resolve(recorder.edits.length > 0 ? ['first line', JSON.stringify(recorder.edits)] : []);
  },
  'next edits in the editor': async ({ path, text }) => {
    const recorder = new EditRecorder();
    let now = Array.from({ length: 6 }, () => `${text}first line of(oldName);\n`).join('');
    recorder.opened(path, () => now);
    for (let made = 0; made < 2; made++) {
      const offset = now.indexOf('oldName');
      now = now.replace('oldName', 'freshName');
      recorder.edited(path, [{ offset, length: 'oldName'.length, text: 'freshName' }], () => now);
      recorder.settle();
    }
    const search = {
      work: recorder.work,
      own: { path, text: now },
      neighbours: [],
      least: { once: 0, again: 0, judged: 0 },
    };
    const found = await new EditFinder().find(search);
    return found.likely.length > 0 ? ['first line', JSON.stringify(found)] : [];
  },
  'prompts of a model that writes edits': ({ path, text }) => {
    // The lines of the case between others, each of which is edited in turn: some near the secret, some far from it.
    const others = Array.from({ length: 30 }, (_, at) => `first line of(name${at});\n`).join('');
    let now = others + text + others;
    const history = new EditHistory();
    const asked: string[] = [];
    const starts = Array.from(now.matchAll(/line/g), ({ index }) => index);
    for (const at of starts.reverse()) {
      const before = now;
      now = `${before.slice(0, at)}fresh ${before.slice(at)}`;
      history.add(path, { before, start: at, end: at, inserted: 'fresh ' });
      const part = { start: positionAt(now, at), end: positionAt(now, at + 'fresh '.length) };
      asked.push(JSON.stringify(editQuestion({ path, before, now, part, edits: history.edits }) ?? ''));
    }
    return Promise.resolve(asked.length > 30 ? asked.map((one) => one.replaceAll('fresh ', '')) : []);
  },
  'lines that the command line looks into': async ({ path }) => [
    (await readFileLines({ path, lines: undefined })).text,
  ],
};

/**
 * Modules that read documents or files, or hand on what was read, and the ways out that it takes: of {@link ways}, or of the
 * test in the editor (test/host/secrets.test.ts). A sentence where it takes none.
 */
const readers: Readonly<Record<string, readonly string[] | string>> = {
  'src/cli/doctor.ts': "reads the extension's own file",
  'src/cli/document.ts': ['prompts of completions, with the cursor before, in and behind the line'],
  'src/cli/fileLines.ts': ['lines that the command line looks into'],
  'src/cli/nextEdit.ts': ['next edits on the command line'],
  'src/cli/replay.ts': ['prompts of completions, with the cursor before, in and behind the line'],
  'src/cli/summarize.ts': ['prompts and facts of summaries'],
  'src/common/files/boundedRead.ts': 'reads for others',
  'src/common/git/textFile.ts': 'reads rules',
  'src/common/secrets/withoutSecrets.ts': 'is the way out',
  'src/features/completion/learning/learning.vscode.ts': 'compares with what was taken, and keeps two yes or no of it',
  'src/features/completion/learning/statisticsFile.ts': 'reads its own numbers',
  'src/features/models/findModels.ts': 'reads manifests of a store of models, and names of revisions',
  'src/features/models/tasks.ts': 'reads what comes with the extension',
  'src/features/completion/textForModel.ts': ['prompts of completions, with the cursor before, in and behind the line'],
  'src/features/completion/document.vscode.ts': [
    'prompts of completions, with the cursor before, in and behind the line',
    'prompts of completions in a cell, of the cells above and below',
    'the cells of a notebook',
  ],
  'src/features/inspector/inspector.vscode.ts': 'compares with suggestions',
  'src/features/inspector/sessionFile.ts': "reads the page's own files",
  'src/features/inspector/captureRequest.vscode.ts': ['a selection that is looked into', 'a hit that is looked into'],
  'src/features/nextEdit/choices.vscode.ts': 'shows a file beside itself, and writes into documents',
  'src/features/nextEdit/documents.vscode.ts': ['edits that are learnt from', 'next edits in the editor'],
  'src/features/nextEdit/places.vscode.ts': 'reads what stands before the cursor',
  'src/features/nextEdit/served/serverEdits.vscode.ts': 'reads names, to write them where no secret stands',
  'src/features/nextEdit/written/writesEdits.ts': 'reads what the folder of a model says of it',
  'src/features/search/finder.vscode.ts': [
    'a hit as context, copied or told to a tool',
    'code whose like is looked for',
  ],
  'src/features/search/related.vscode.ts': 'looks for names, and tells places alone',
  'src/features/summarize/chatProvider.vscode.ts': ['messages of the chat'],
  'src/features/summarize/insertion.vscode.ts': 'compares with itself, and writes into the document',
  'src/features/summarize/summaries.vscode.ts': ['prompts and facts of summaries'],
  'src/features/summarize/summarizer.ts': ['prompts and facts of summaries'],
  'src/features/summarize/tool.vscode.ts': ['prompts and facts of summaries'],
  'src/host/chatTemplate.ts': 'reads the files of a model',
  'src/host/embeddedDecoder.ts': "reads the extension's own file",
  'src/host/log.vscode.ts': ['the log'],
  'src/host/notebooks.vscode.ts': 'reads the magic that a cell begins with',
  'src/host/nearby/nearbyFiles.vscode.ts': 'reads which files are imported',
  'src/host/power.ts': 'reads the state of the battery',
  'src/host/shownText.vscode.ts': ['the text of a document', 'a document that is not on disk as a neighbour'],
  'src/indexer/chunks/sources.ts': ['snippets of hits, whatever lines they are cut to', 'texts that ranking reads'],
  'src/indexer/indexing/indexing.ts': ['texts that the index embeds'],
  'src/indexer/indexing/suspects.ts': "reads the index's own file",
  'src/indexer/indexing/upgrade.ts': ['texts that an encoder reads later'],
  'src/nearby/edits/search.ts': ['next edits in the editor'],
  'src/nearby/fileTexts.ts': ['files near by'],
  'src/syntax/grammars.ts': 'reads grammars',
};

describe('what holds secrets leaves by no way:', () => {
  for (const [name, way] of Object.entries(ways))
    it(name, async () => {
      for (const one of cases) {
        const texts = await way(one);
        // Nothing passes for being empty.
        assert.ok(
          texts.some((text) => text.includes('first line')),
          `nothing of ${one.line}`,
        );
        for (const secret of one.secrets) assert.ok(!texts.some((text) => text.includes(secret)), one.line);
      }
    });

  it('there is no other way', () => {
    const reads =
      /\bwithoutSecrets\(|\.getText\(|\.lineAt\(|\breadFile(?:Sync)?\(|\breadBounded(?:Sync)?\(|\breadText\(/;
    const reading = globSync('src/{features,host,nearby,indexer,cli,common,syntax}/**/*.ts', { cwd: root })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => reads.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(Object.keys(readers).sort(), reading.sort());
    const inEditor = readFileSync(join(root, 'test/host/secrets.test.ts'), 'utf8');
    for (const way of Object.values(readers).flatMap((taken) => (typeof taken === 'string' ? [] : taken)))
      assert.ok(way in ways || inEditor.includes(`'${way}'`), way);
  });
});
