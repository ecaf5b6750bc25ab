/** `thumbnails`: small pictures of all heads of a stack, from what is captured so far. */
import { thumbnails as draw } from '../../../attention/tiles';
import { stackOf } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import type { Handler } from './handler';

export const thumbnails =
  (tools: AttentionTools): Handler<'thumbnails'> =>
  (params) =>
    new Promise((resolve) => resolve(draw(stackOf(tools, params), params)));
