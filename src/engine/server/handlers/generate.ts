/** `generate`: text that answers a prompt, for summaries and chat. */
import { modelOf, stream, unfit } from './handler';
import type { Handler, HandlerTools } from './handler';

export const generate =
  (tools: HandlerTools): Handler<'generate'> =>
  async (params, context) => {
    const model = await modelOf(tools, params.model, context);
    const writer = model.writer ?? unfit(model, 'a model that writes text');
    return stream(tools, context, (step, onText) => writer.generate(params, step, onText, context.priority));
  };
