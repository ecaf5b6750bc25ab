/** `complete`: a suggestion at a cursor, copied from near by or written by the decoder. */
import { modelOf, stream, unfit } from './handler';
import type { Handler, HandlerTools } from './handler';

export const complete =
  (tools: HandlerTools): Handler<'complete'> =>
  async (params, context) => {
    const model = await modelOf(tools, params.model, context);
    const completion = model.completion ?? unfit(model, 'a decoder');
    return stream(tools, context, (step, onText) => completion.complete(params, step, onText, context.priority));
  };
