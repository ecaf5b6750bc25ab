/** `embed`: vectors of texts by an encoder. For the index it leaves threads to requests that a person waits for. */
import { modelOf, unfit } from './handler';
import type { Handler, HandlerTools } from './handler';

export const embed =
  (tools: HandlerTools): Handler<'embed'> =>
  async (params, context) => {
    const model = await modelOf(tools, params.model, context);
    const encoder = model.encoder ?? unfit(model, 'an encoder');
    const busy = () => tools.isBusy();
    return tools.scheduler.run({
      ...context,
      run: (step) => encoder.embed({ ...params, ...(context.priority === 'index' && { busy }) }, step),
    });
  };
