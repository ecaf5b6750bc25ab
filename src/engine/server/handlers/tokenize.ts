/** `tokenize`: the tokens of a text with their ranges. */
import { modelOf } from './handler';
import type { Handler, HandlerTools } from './handler';

export const tokenize =
  (tools: HandlerTools): Handler<'tokenize'> =>
  async (params, context) => {
    const { tokenizer } = await modelOf(tools, params.model, context);
    context.onTurn(true);
    return tokenizer.encodeWithRanges(params.text);
  };
