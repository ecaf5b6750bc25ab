/**
 * The pause that model code awaits before each native run, as a type; the scheduler implements it, and the engine and
 * `src/attention` take it as a parameter.
 */

/**
 * The pause between two native runs of a request. A native run occupies the processor (≤ 30 ms each where it cannot be
 * interrupted), so code that runs a model awaits its step before each run.
 *
 * A step
 * - gives the event loop a full turn, so that a cancel message that has arrived is seen;
 * - waits while a more urgent request runs. Requests of one priority run one after the other, so what a request keeps
 *   under its priority, such as its cached sequence, is after the step as it was before;
 * - rejects with an `EngineError` when the request must end here: `cancelled` when it is no longer wanted, `deadline`
 *   when its time is up. The runner leaves its caches consistent and lets the error pass; only a deadline may be turned
 *   into the partial result that is there already;
 * - resolves with a signal for the run that follows, aborted when a more urgent request waits for that run or its own
 *   request has ended. A run that can be interrupted is given up then; the next step says how to go on.
 */
export type Step = () => Promise<AbortSignal | undefined>;
