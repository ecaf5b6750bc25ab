import assert from 'node:assert/strict';
import { basename, extname } from 'node:path';
import { inserted } from './difference';
import { api, close, open, suggestAndAccept, useScratchFolder } from './editor';
import { openAt, positions } from './realFiles';

describe('suggestions of the embedded model', function () {
  const scratch = useScratchFolder();

  it('appear at 15 or more of 20 positions in real files and are taken with Tab', async () => {
    const { activity } = await api();
    let suggested = 0;
    for (const [n, position] of positions.entries()) {
      const { text, line, character } = openAt(position);
      const extension = extname(position.file);
      const uri = scratch(`${basename(position.file, extension)}-${n}${extension}`, text);
      const editor = await open(uri, line, character);
      const after = await suggestAndAccept(editor);
      const outcome = after === undefined ? activity.explanation(uri.toString()) : inserted(text, after);
      console.log(`    ${position.source}/${position.file}: ${position.line.slice(0, character).trim()} → ${outcome}`);
      if (after !== undefined) suggested++;
      await close();
    }
    console.log(`    ${suggested} of ${positions.length}`);
    assert.ok(suggested >= 15, `${suggested} of ${positions.length}`);
    // What the status item's tooltip says of the model and what it costs.
    assert.ok((activity.state.model?.residentBytes ?? 0) > 1e7);
  });

  it('are several to go through when they are asked for, no two alike', async () => {
    let found = 0;
    for (const [n, position] of positions.entries()) {
      const { text, line, character } = openAt(position);
      const texts: string[] = [];
      for (let forward = 0; forward < 3; forward++) {
        // The same name in a folder of its own each time: what is suggested depends on the name and on the files beside.
        const uri = scratch(`choice-${n}-${forward}/place${extname(position.file)}`, text);
        const after = await suggestAndAccept(await open(uri, line, character), forward);
        await close();
        if (after === undefined) break;
        texts.push(inserted(text, after));
      }
      console.log(`    ${position.line.slice(0, character).trim()} → ${texts.join(' | ')}`);
      if (new Set(texts).size === 3 && ++found === 3) break;
    }
    assert.equal(found, 3);
  });
});
