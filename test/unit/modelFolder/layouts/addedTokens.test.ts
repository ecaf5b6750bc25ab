import assert from 'node:assert/strict';
import { addedTokens, withAddedTokens } from '../../../../src/modelFolder/layouts/addedTokens';

describe('added tokens', () => {
  const tokenizer = { version: '1.0', added_tokens: [{ id: 1, content: 'one' }], model: { vocab: { a: 0 } } };
  const config = { added_tokens_decoder: { 1: { content: 'other' }, 2: { content: 'two', special: true } } };

  it('that only the configuration names are put into the tokenizer, which counts where both name one', () => {
    const joined = withAddedTokens(tokenizer, config);
    assert.deepEqual(joined, {
      ...tokenizer,
      added_tokens: [
        { id: 1, content: 'one' },
        { id: 2, content: 'two', special: true },
      ],
    });
    assert.deepEqual(addedTokens(joined, undefined), addedTokens(tokenizer, config));
  });

  it('stay as they are where the configuration names none, or the tokenizer has another form', () => {
    assert.equal(withAddedTokens(tokenizer, { bos_token: 'one' }), tokenizer);
    assert.equal(withAddedTokens('no tokenizer', config), 'no tokenizer');
  });
});
