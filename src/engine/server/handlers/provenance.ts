/** `provenance`: which tokens and lines of a prompt the written ones attended to, with their log-probabilities. */
import { fillLogprobs, provenance as explain } from '../../../attention/provenance';
import { generatedSpan, inspect, predictionsOf, provideLayer, requireSpan, stackOf } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import type { Handler } from './handler';

export const provenance =
  (tools: AttentionTools): Handler<'provenance'> =>
  async (params, context) => {
    const { capture, predictions } = await predictionsOf(tools, params.capture, context);
    const stack = stackOf(tools, params);
    const tokens = params.tokens ?? generatedSpan(capture);
    requireSpan(capture, tokens, 1);
    await provideLayer(tools, params, context);
    await inspect(tools, context, (step) => fillLogprobs(capture, tokens, predictions, step));
    const written = { sequences: capture.plan.sequences, logprobs: capture.logprobs };
    return explain(written, stack, { ...params, tokens });
  };
