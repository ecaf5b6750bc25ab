/** `headScores`: what each head of a stack attends to, by relations between tokens; goes over all layers. */
import { eachLayer } from '../../attention/layersOnDemand';
import { scoreHeads } from '../../attention/scores';
import { inspect, stackOf } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import { modelOf } from './handler';
import type { Handler } from './handler';

export const headScores =
  (tools: AttentionTools): Handler<'headScores'> =>
  async (params, context) => {
    const capture = tools.captures.get(params.capture);
    const stack = stackOf(tools, params);
    const model = await modelOf(tools, capture.model, context);
    return inspect(tools, context, (step) => {
      const layers = eachLayer(tools.captures.budget, model, capture, params.stack, step);
      return scoreHeads(stack, capture.plan.sequences, params.relations, step, layers);
    });
  };
