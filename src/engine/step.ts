/**
 * The pause between two native runs of a request. A native run blocks the engine's only thread (≤ 30 ms each), so
 * whoever runs a model awaits its step before each run.
 *
 * A step
 * - gives the event loop a full turn, so that a cancel message that has arrived is seen;
 * - waits while a more urgent request runs. That one never uses the same model (see `Scheduler`), so caches are after
 *   the step as they were before it;
 * - rejects with an `EngineError` when the request must end here: `cancelled` when it is no longer wanted or is to be
 *   run again later, `deadline` when its time is up. The runner leaves its caches consistent and lets the error pass;
 *   only a deadline may be turned into the partial result that is there already.
 */
export type Step = () => Promise<void>;
