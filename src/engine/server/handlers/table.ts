/** Every method of the engine with its handler: made once by `server.ts`. Holds no logic of its own. */
import { Tiles } from '../../../attention/tiles';
import type { AttentionModel } from '../../../attention/model';
import type { Method } from '../../../ipc/engine/protocol';
import { Captures } from '../../attention/captures';
import type { ModelStore } from '../../scheduling/modelStore';
import type { AttentionTools } from './attentionTools';
import { capture } from './capture';
import { causal } from './causal';
import { complete } from './complete';
import { describe } from './describe';
import { embed } from './embed';
import { generate } from './generate';
import type { Handler, HandlerTools } from './handler';
import { headScores } from './headScores';
import { likelihood } from './likelihood';
import { load } from './load';
import { probabilities } from './probabilities';
import { provenance } from './provenance';
import { recordCapture } from './recordCapture';
import { release } from './release';
import { similarity } from './similarity';
import { status } from './status';
import { thumbnails } from './thumbnails';
import { tile } from './tile';
import { tokenize } from './tokenize';
import { weights } from './weights';

export type Handlers = { readonly [M in Method]: Handler<M> };

/** @param models opened to look into, with sessions of their own */
export function createHandlers(tools: HandlerTools, models: ModelStore<AttentionModel>): Handlers {
  const attention: AttentionTools = {
    models,
    scheduler: tools.scheduler,
    captures: new Captures(),
    tiles: new Tiles(),
  };
  return {
    load: load(tools),
    describe,
    complete: complete(tools),
    generate: generate(tools),
    likelihood: likelihood(tools),
    tokenize: tokenize(tools),
    embed: embed(tools),
    similarity: similarity(tools),
    status: status(tools),
    capture: capture(attention),
    thumbnails: thumbnails(attention),
    tile: tile(attention),
    weights: weights(attention),
    headScores: headScores(attention),
    probabilities: probabilities(attention),
    provenance: provenance(attention),
    causal: causal(attention),
    recordCapture: recordCapture(attention),
    release: release(attention),
  };
}
