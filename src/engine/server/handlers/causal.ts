/** `causal`: how much less likely the written tokens become where others are hidden from the model. */
import { testHidden } from '../../attention/causal';
import { hiddenTest, inspect, predictionsOf } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import type { Handler } from './handler';

export const causal =
  (tools: AttentionTools): Handler<'causal'> =>
  async (params, context) => {
    const { capture, predictions } = await predictionsOf(tools, params.capture, context);
    const test = hiddenTest(capture, params);
    return inspect(tools, context, (step) => testHidden(capture, test, predictions, step));
  };
