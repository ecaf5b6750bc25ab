/** `load`: opens a model and says what it is. */
import { modelOf } from './handler';
import type { Handler, HandlerTools } from './handler';

export const load =
  (tools: HandlerTools): Handler<'load'> =>
  async ({ model }, context) =>
    (await modelOf(tools, model, context)).info;
