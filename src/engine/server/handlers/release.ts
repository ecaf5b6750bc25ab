/** `release`: a capture is no longer shown, so that its memory can go to others. */
import { letGo } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import type { Handler } from './handler';

export const release =
  (tools: AttentionTools): Handler<'release'> =>
  ({ capture }) => {
    letGo(tools, capture);
    return Promise.resolve({});
  };
