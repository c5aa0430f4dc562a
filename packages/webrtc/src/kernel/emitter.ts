export type Listener<T> = (payload: T) => void;

/**
 * The events of one owner. Listeners are called in the order in which they were added; one that throws does
 * not keep the others from being called.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<PropertyKey, readonly Listener<never>[]>();
  readonly #onListenerError: (event: PropertyKey, error: unknown) => void;

  constructor(onListenerError: (event: PropertyKey, error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Takes any name: what is never emitted is never heard. The owner gives names their payloads. */
  on(event: PropertyKey, listener: Listener<never>): void {
    this.#listeners.set(event, [...this.#of(event), listener]);
  }

  /** Without a listener: removes every listener of the event. */
  off(event: PropertyKey, listener?: Listener<never>): void {
    const kept = listener ? this.#of(event).filter((each) => each !== listener) : [];
    if (kept.length > 0) this.#listeners.set(event, kept);
    else this.#listeners.delete(event);
  }

  /** Listeners added or removed meanwhile count from the next event on. */
  emit<K extends keyof Events>(event: K, payload: Events[K]): void {
    for (const listener of this.#of(event)) {
      try {
        listener(payload as never);
      } catch (error) {
        this.#onListenerError(event, error);
      }
    }
  }

  #of(event: PropertyKey): readonly Listener<never>[] {
    return this.#listeners.get(event) ?? [];
  }
}
