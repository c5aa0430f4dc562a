/** The locks that the pages of one origin share (Web Locks), with as much of them as a page uses. */
export class FakeLocks {
  readonly #held = new Map<string, Promise<unknown>>();

  /** How many are held. */
  get count(): number {
    return this.#held.size;
  }

  readonly request = async (
    name: string,
    { signal }: LockOptions,
    granted: LockGrantedCallback<unknown>,
  ): Promise<unknown> => {
    const aborted = new Promise((resolve) => signal?.addEventListener('abort', resolve));
    for (let holding = this.#held.get(name); holding; holding = this.#held.get(name)) {
      await Promise.race([holding, aborted]);
      signal?.throwIfAborted();
    }
    const holding = Promise.resolve(granted({ name, mode: 'exclusive' }));
    this.#held.set(name, holding);
    await holding;
    this.#held.delete(name);
    return holding;
  };
}
