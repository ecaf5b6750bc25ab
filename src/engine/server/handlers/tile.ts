/** `tile`: a part of a map at a level of detail; its layer is captured again where it was let go of. */
import { inspect, provideLayer, stackOf } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import type { Handler } from './handler';

export const tile =
  (tools: AttentionTools): Handler<'tile'> =>
  async (params, context) => {
    await provideLayer(tools, params, context);
    const stack = stackOf(tools, params);
    const { capture, stack: at } = params;
    // A head is there; a summary of a long text takes a while to make.
    if (!tools.tiles.isReady(capture, at, stack, params))
      await inspect(tools, context, (step) => tools.tiles.prepare(capture, at, stack, params, step));
    return tools.tiles.tile(capture, at, stack, params);
  };
