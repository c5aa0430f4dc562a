/** Owns what must not outlive something: everything added is disposed of once, last added first. */
export class Scope {
  #disposers: (() => void)[] = [];
  #hasEnded = false;

  get ended(): boolean {
    return this.#hasEnded;
  }

  /** Disposes at once where the scope has ended already, so a late arrival cannot leak. */
  add(dispose: () => void): void {
    if (this.#hasEnded) dispose();
    else this.#disposers.push(dispose);
  }

  end(): void {
    this.#hasEnded = true;
    for (let dispose = this.#disposers.pop(); dispose; dispose = this.#disposers.pop()) dispose();
  }
}
