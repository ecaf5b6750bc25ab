import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ServerError } from '../../../src/servers/errors';
import { outgoingChat, outgoingFill, outgoingTexts } from '../../../src/servers/outgoing';
import type { FillRequest } from '../../../src/servers/protocols/types';
import { plantedSecrets } from '../../support/plantedSecrets';
import { root } from '../../support/paths';

const planted = plantedSecrets(root, 'known', 11).slice(0, 60);
const request: FillRequest = { path: 'src/a.ts', context: [], prefix: '', suffix: '', maxTokens: 9, stop: [] };

describe('servers/outgoing', () => {
  it('sends no secret, wherever the cursor stands in its line or beside it', () => {
    for (const { path, line, secrets } of planted) {
      const text = `first line\n${line}\nlast line\n`;
      for (let cursor = 0; cursor <= text.length; cursor += 7) {
        const asked = { ...request, path, prefix: text.slice(0, cursor), suffix: text.slice(cursor) };
        let sent: FillRequest;
        try {
          sent = outgoingFill(asked);
        } catch (error) {
          assert.equal((error as ServerError).code, 'cancelled');
          continue;
        }
        assert.equal(sent.prefix.length, cursor);
        for (const secret of secrets) assert.ok(!(sent.prefix + sent.suffix).includes(secret), path);
      }
    }
  });

  it('sends no secret of other files, and no file of secrets', () => {
    const context = [
      ...planted.map(({ path, line }) => ({ path, text: `${line}\n` })),
      { path: '.env', text: 'A=1' },
      { path: 'b.ts', text: 'export const b = 1;' },
    ];
    const sent = outgoingFill({ ...request, context }).context;
    assert.deepEqual(sent.at(-1), { path: 'b.ts', text: 'export const b = 1;' });
    assert.ok(sent.every(({ path }) => path !== '.env'));
    const all = JSON.stringify(sent);
    for (const { secrets } of planted) for (const secret of secrets) assert.ok(!all.includes(secret));
    assert.throws(() => outgoingFill({ ...request, path: '.env', prefix: 'A=' }), /secrets/);
  });

  it('sends no secret in conversations and texts to be embedded', () => {
    const lines = plantedSecrets(root, 'known', 11).filter(({ path }) => /\.(?:ts|py)$/.test(path));
    assert.ok(lines.length > 3);
    for (const { line, secrets } of lines) {
      const messages = [{ role: 'user', content: line }] as const;
      const sent = JSON.stringify([outgoingChat({ messages, maxTokens: 9, stop: [] }), outgoingTexts([line])]);
      for (const secret of secrets) assert.ok(!sent.includes(secret), line);
    }
  });

  it('leaves other code as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('const a = b;', 'return x;', '}', ''), { maxLength: 9 }),
        fc.nat(50),
        (lines, at) => {
          const text = lines.join('\n');
          const asked = { ...request, prefix: text.slice(0, at), suffix: text.slice(at) };
          assert.deepEqual(outgoingFill(asked), asked);
        },
      ),
    );
  });
});
