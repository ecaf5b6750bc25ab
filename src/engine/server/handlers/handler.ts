/** What every handler of a method gets, and what all of them need: made by the server, used by the files beside this one. */
import { EngineError } from '../../../ipc/engine/errors';
import type { Event, Method, Params, Priority, Result } from '../../../ipc/engine/protocol';
import { unlessAborted } from '../../../ipc/engine/unlessAborted';
import type { Step } from '../../../common/step';
import type { Devices } from '../../machine/devices';
import type { Closable, ModelStore } from '../../scheduling/modelStore';
import type { Scheduler } from '../../scheduling/scheduler';
import type { OpenModel } from '../openModel';

/** What a handler knows of its request beside the parameters. */
export interface RequestContext<M extends Method> {
  readonly priority: Priority;
  /** Aborted with an `EngineError` when the host cancels or the deadline passes. */
  readonly signal: AbortSignal;
  /** Says that work begins or goes on, or that it gives way to a more urgent request. */
  onTurn(running: boolean): void;
  emit(event: Event<M>): void;
}

/** What waiting for a turn takes of a request, whatever its method. */
export type Turn = Pick<RequestContext<Method>, 'signal' | 'onTurn'>;

/** Answers one method. @throws {EngineError} with the reason why it cannot */
export type Handler<M extends Method> = (params: Params<M>, context: RequestContext<M>) => Promise<Result<M>>;

/** What handlers work with. */
export interface HandlerTools {
  readonly models: ModelStore<OpenModel>;
  readonly scheduler: Scheduler;
  readonly threads: number;
  /** What models run on beside the processor. */
  readonly devices: Pick<Devices, 'failure' | 'report'> | undefined;
  /** Whether a request that a person waits for came within the last seconds. */
  isBusy(): boolean;
}

/** The open model. A request stops waiting when its signal aborts; the opening itself goes on for the next request. */
export async function modelOf<Model extends Closable>(
  { models }: { readonly models: ModelStore<Model> },
  folder: string,
  { signal, onTurn }: Turn,
): Promise<Model> {
  if (models.isOpen(folder)) return models.get(folder);
  onTurn(true);
  try {
    return await unlessAborted(models.get(folder), signal);
  } finally {
    onTurn(false);
  }
}

/** Lets a model write when its turn comes. @param write is given what hands on pieces of text */
export function stream<T>(
  { scheduler }: HandlerTools,
  context: RequestContext<'complete' | 'generate'>,
  write: (step: Step, onText: (piece: string) => void) => Promise<T>,
): Promise<T> {
  return scheduler.run({
    ...context,
    run: (step) =>
      write(step, (text) => {
        // A run that was under way at the abort may have confirmed several guesses; their text is dropped.
        if (!context.signal.aborted) context.emit({ text });
      }),
  });
}

/** @throws {EngineError} `modelInvalid`: the model's role is another one */
export function unfit({ info }: OpenModel, wanted: string): never {
  throw new EngineError(
    'modelInvalid',
    `${info.name} is not ${wanted}, which this needs; choose another model folder.`,
  );
}
