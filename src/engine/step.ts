/**
 * The pause between two native runs of a request. A native run blocks the engine's only thread (≤ 30 ms each), so
 * whoever runs the model awaits its step between any two runs and after the last one holds no lock while it waits.
 *
 * A step
 * - gives the event loop a full turn, so that a cancel message that has arrived is seen;
 * - waits while a more urgent request runs. That request may use the same model: whatever the caller read from a
 *   decoder's cache before the step may have changed after it, and has to be established again;
 * - rejects with `EngineError('cancelled')` when the request is no longer wanted, or `EngineError('deadline')` when
 *   its time is up. The caller lets the error pass, or turns a deadline into the partial result it already has.
 */
export type Step = () => Promise<void>;
