/** `recordCapture`: a capture as a file that a browser replays without the model. */
import { record } from '../../attention/record';
import { hiddenTest, inspect } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import { modelOf } from './handler';
import type { Handler } from './handler';

export const recordCapture =
  (tools: AttentionTools): Handler<'recordCapture'> =>
  async ({ capture: id, causal, relations, layers }, context) => {
    const capture = tools.captures.get(id);
    const { predictions } = await modelOf(tools, capture.model, context);
    const tests = causal.map((check) => hiddenTest(capture, check));
    const data = await inspect(tools, context, (step) =>
      record(capture, { causal: tests, relations, layers }, predictions, step),
    );
    return { data };
  };
