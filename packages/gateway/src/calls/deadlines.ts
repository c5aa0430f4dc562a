import type { Clock } from '../ports.ts';
import type { CallDeadline } from './call-deadlines.ts';
import type { CallEvent } from './call-events.ts';

/** Runs the deadlines of a state: each from when the state first has one of its name until it has it no more. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #onDue: (event: CallEvent) => void;
  readonly #callOffs = new Map<string, () => void>();

  constructor(clock: Clock, onDue: (event: CallEvent) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  arm(deadlines: readonly CallDeadline[]): void {
    for (const [name, callOff] of this.#callOffs) {
      if (deadlines.some((deadline) => deadline.name === name)) continue;
      callOff();
      this.#callOffs.delete(name);
    }
    for (const { name, afterMs, event } of deadlines) {
      if (this.#callOffs.has(name)) continue;
      const callOff = this.#clock.after(afterMs, () => {
        this.#callOffs.delete(name);
        this.#onDue(event);
      });
      this.#callOffs.set(name, callOff);
    }
  }
}
