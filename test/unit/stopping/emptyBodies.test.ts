import assert from 'node:assert/strict';
import { EmptyBodies } from '../../../src/stopping/emptyBodies';
import { grammars } from '../../support/grammars';

describe('EmptyBodies', () => {
  const ask = (path: string, text: string, bodies = new EmptyBodies(grammars)): Promise<boolean> => {
    const at = text.indexOf('|');
    return bodies.has({ path, prefix: text.slice(0, at), suffix: text.slice(at + 1) });
  };

  it('finds a body with nothing in it', async () => {
    assert.equal(await ask('a.ts', 'function a() {\n  |\n}\n'), true);
    assert.equal(await ask('a.ts', 'function a() {|}\n'), true);
    assert.equal(await ask('a.py', 'def a():\n    |\n'), true);
    assert.equal(await ask('a.cs', 'void A()\r\n{\r\n    |\r\n}\r\n'), true);
  });

  it('trusts the tree more than the lines', async () => {
    assert.equal(await ask('a.ts', 'const a = {\n  |\n};\n'), false);
    assert.equal(await ask('a.ts', 'const a = {\n  |\n};\n', new EmptyBodies()), true);
    assert.equal(await ask('a.ts', '`{\n  |\n}`;\n'), false);
    assert.equal(await ask('a.rb', 'a = <<~TEXT\n  {\n  |\nTEXT\n'), false);
  });

  it('trusts the lines where there is no grammar', async () => {
    assert.equal(await ask('a.lua', 'function a()\n  |\nend\n'), true);
    assert.equal(await ask('a.lua', 'function a()\n  |\n  b()\nend\n'), false);
  });

  it('does not parse where the lines do not look like it', async () => {
    const unasked = new EmptyBodies({ emptyBodyAt: () => assert.fail('it parsed') });
    for (const text of ['const a = |', 'a {\n  b\n  |\n}', 'f(|) {\n', 'a {\n|\n  b\n}'])
      assert.equal(await ask('a.ts', text, unasked), false);
  });

  it('reads the end of a long text', async () => {
    const long = 'const a = 1;\n'.repeat(5_000);
    assert.equal(await ask('a.ts', `${long}function a() {\n  |\n}\n${long}`), true);
  });
});
