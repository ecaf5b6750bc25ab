/** `probabilities`: what the model expected at a position of a capture, the likeliest tokens first. */
import type { Probabilities } from '../../../ipc/engine/messages/attention';
import { probabilitiesOf } from '../../attention/probabilities';
import { inspect, predictionsOf, requireSpan } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import type { Handler } from './handler';

export const probabilities =
  (tools: AttentionTools): Handler<'probabilities'> =>
  async ({ capture: id, position, top }, context) => {
    const { capture, predictions } = await predictionsOf(tools, id, context);
    const span = { from: position, to: position + 1 };
    requireSpan(capture, span);
    const found = await inspect(tools, context, (step) => probabilitiesOf(predictions, capture, span, top, step));
    return found[0] as Probabilities;
  };
