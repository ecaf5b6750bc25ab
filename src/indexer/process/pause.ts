/**
 * A pause of the work in the thread that writes indexes; used by `writer.ts`. Stops nothing: work asks for it between two
 * steps.
 */

export class Pause {
  #running: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  get isOn(): boolean {
    return this.#running !== undefined;
  }

  /** Pending while it lasts; nothing to wait for where there is none. */
  get over(): Promise<void> | undefined {
    return this.#running?.over;
  }

  begin(): void {
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#running ??= { over, end };
  }

  end(): void {
    this.#running?.end();
    this.#running = undefined;
  }

  /** Lets go on what waits, so that it finds out that it is to end; what begins after that waits again, see `renew`. */
  wake(): void {
    this.#running?.end();
  }

  /** After `wake`: where there was a pause, it lasts. */
  renew(): void {
    if (!this.isOn) return;
    this.end();
    this.begin();
  }
}
