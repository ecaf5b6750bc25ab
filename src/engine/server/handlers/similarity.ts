/** `similarity`: why two texts are alike, pair of tokens by pair of tokens, by the table or by an encoder. */
import { isStaticTable } from '../../../modelFolder/table/staticTable';
import { SimilarityService } from '../../similarity/service';
import { modelOf, unfit } from './handler';
import type { Handler, HandlerTools } from './handler';

export function similarity(tools: HandlerTools): Handler<'similarity'> {
  const service = new SimilarityService();
  return async (params, context) => {
    let splitter;
    if (await isStaticTable(params.model)) splitter = await service.table(params.model);
    else {
      const model = await modelOf(tools, params.model, context);
      splitter = model.splitter ?? unfit(model, 'an encoder');
    }
    return tools.scheduler.run({ ...context, run: (step) => service.compare(splitter, params, step) });
  };
}
