/** `capture`: runs a text through an instrumented model and keeps its attention; rows are announced as they come. */
import { inspect, letGo } from './attentionTools';
import type { AttentionTools } from './attentionTools';
import { modelOf } from './handler';
import type { Handler } from './handler';

export const capture =
  (tools: AttentionTools): Handler<'capture'> =>
  async (params, context) => {
    const wasOpen = tools.models.isOpen(params.model);
    const model = await modelOf(tools, params.model, context);
    const plan = model.plan(params.subject);
    return inspect(tools, context, async (step) => {
      const started = performance.now();
      const captured = tools.captures.add(model.path, plan, params.layers ?? []);
      try {
        context.emit({ kind: 'begun', description: captured.describe() });
        const { runMs, packMs } = await model.fill(captured, step, (stack, done) =>
          context.emit({ kind: 'rows', capture: captured.id, stack, done }),
        );
        return {
          ...captured.describe(),
          sinkShares: captured.stacks.map((stack) => stack.sinkShares()),
          timings: { openMs: wasOpen ? 0 : model.openMs, runMs, packMs, totalMs: performance.now() - started },
          bytes: captured.bytes,
        };
      } catch (error) {
        letGo(tools, captured.id);
        throw error;
      }
    });
  };
