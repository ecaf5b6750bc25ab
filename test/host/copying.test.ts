import assert from 'node:assert/strict';
import { close, open, suggestAndAccept, useScratchFolder, useSetting } from './editor';

const elsewhere = 'const cage = openCage();\nexport const weight = weighTheToucan(cage, scale.kilograms);\n';
const here = "import { cage } from './cage';\n\nexport const weight = weighTheToucan(";
const whole = `${here}cage, scale.kilograms);\n`;

describe('a suggestion that is copied', function () {
  const scratch = useScratchFolder();
  afterEach(close);

  it('comes from a file beside', async () => {
    scratch('beside/zoo.ts', elsewhere);
    const editor = await open(scratch('beside/today.ts', `${here}\n`), 2, here.split('\n')[2]!.length);
    assert.equal(await suggestAndAccept(editor), whole);
  });

  describe('where the settings say not to', () => {
    useSetting('completion.copying', false);

    it('is none', async () => {
      scratch('alone/zoo.ts', elsewhere);
      const editor = await open(scratch('alone/today.ts', `${here}\n`), 2, here.split('\n')[2]!.length);
      assert.notEqual(await suggestAndAccept(editor), whole);
    });
  });
});
