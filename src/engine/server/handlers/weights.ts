/** `weights`: one row or column of a map, exact; its layer is captured again where it was let go of. */
import { weights as read } from '../../../attention/tiles';
import { provideLayer, stackOf } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import type { Handler } from './handler';

export const weights =
  (tools: AttentionTools): Handler<'weights'> =>
  async (params, context) => {
    await provideLayer(tools, params, context);
    return read(stackOf(tools, params), params);
  };
