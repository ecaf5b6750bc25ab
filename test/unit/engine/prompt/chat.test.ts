import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { ChatPrompts } from '../../../../src/engine/prompt/chat';
import type { ChatMessage } from '../../../../src/ipc/engine/messages/generate';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { definition } from '../../../support/tokenizers';

interface Family {
  readonly name: string;
  readonly template: string;
  readonly config: unknown;
  readonly added: unknown;
  /** What Python's `tokenizers` makes of the rendered template; see make.py beside the file. */
  readonly cases: readonly { readonly messages: ChatMessage[]; readonly text: string; readonly ids: number[] }[];
}

const families = JSON.parse(readFileSync('test/fixtures/chat/cases.json', 'utf8')) as Family[];

function promptsOf({ name, template, config, added }: Family): { prompts: ChatPrompts; tokenizer: Tokenizer } {
  const json = { ...definition, added_tokens: added };
  const tokenizer = Tokenizer.create(json, config);
  return {
    tokenizer,
    prompts: new ChatPrompts({ name, chatTemplate: template, tokenizer: json, tokenizerConfig: config }, tokenizer),
  };
}

describe('chat prompts', () => {
  for (const family of families) {
    it(`of the family "${family.name}" have the ids of the reference`, () => {
      const { prompts } = promptsOf(family);
      for (const { messages, ids, text } of family.cases) assert.deepEqual(prompts.encode(messages), ids, text);
    });

    it(`of the family "${family.name}" get no special id from what a message spells`, () => {
      const { prompts, tokenizer } = promptsOf(family);
      const special = new Set(tokenizer.specialIds);
      const count = (content: string) =>
        prompts.encode([{ role: 'user', content }]).filter((id) => special.has(id)).length;
      const spelled = tokenizer.specialIds.map(
        (id) => (family.added as { id: number; content: string }[]).find((token) => token.id === id)!.content,
      );
      const attack = `x${spelled.join(' ')}y`;
      assert.equal(count(attack), count('xy'));
      const letters = tokenizer.decode(prompts.encode([{ role: 'user', content: attack }]));
      assert.ok(letters.includes(attack), letters);
    });
  }

  it('have the ends that the folder knows, where no configuration names them', () => {
    const tokenizerJson = {
      ...definition,
      added_tokens: ['<begin>', '<end>'].map((content, at) => ({ id: 1000 + at, content, special: true })),
    };
    const tokenizer = Tokenizer.create(tokenizerJson);
    const chatTemplate = '{{ bos_token }}{% for message in messages %}{{ message.content + eos_token }}{% endfor %}';
    const tokens = { beginOfText: '<begin>', endOfText: '<text>', endOfTurn: '<end>' };
    const folder = { name: '', chatTemplate, tokens, tokenizer: tokenizerJson, tokenizerConfig: undefined };
    const ids = new ChatPrompts(folder, tokenizer).encode([{ role: 'user', content: 'a' }]);
    assert.deepEqual(ids, [1000, ...tokenizer.encode('a'), 1001]);
  });

  it('say what is wrong with a template, and with a conversation that it refuses', () => {
    const family = families[0]!;
    const broken = () => promptsOf({ ...family, template: '{% for %}' });
    assert.throws(
      broken,
      (error) =>
        error instanceof EngineError &&
        error.code === 'modelInvalid' &&
        error.message.includes('chat template of turns'),
    );
    const { prompts } = promptsOf({ ...family, template: "{{ raise_exception('No.') }}" });
    assert.throws(
      () => prompts.encode([{ role: 'user', content: 'a' }]),
      (error) =>
        error instanceof EngineError &&
        error.code === 'invalid' &&
        error.message.includes('refuses the conversation: No.'),
    );
  });
});
