/** `likelihood`: how probable a decoder finds texts at one place. */
import { modelOf, unfit } from './handler';
import type { Handler, HandlerTools } from './handler';

export const likelihood =
  (tools: HandlerTools): Handler<'likelihood'> =>
  async (params, context) => {
    const model = await modelOf(tools, params.model, context);
    const likelihoods = model.likelihoods ?? unfit(model, 'a decoder');
    return tools.scheduler.run({
      ...context,
      run: async (step) => ({ texts: await likelihoods.of(params, step, context.priority) }),
    });
  };
