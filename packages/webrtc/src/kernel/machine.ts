/** What a transition yields: the next state, and what is to be done about it. */
export interface Step<S, X> {
  readonly state: S;
  readonly effects: readonly X[];
}

/**
 * The timer of a state. A state that follows with the same `name` keeps the running timer; any other disarms
 * it.
 */
export interface Deadline<E> {
  readonly name: string;
  readonly afterMs: number;
  readonly event: E;
}

/** Decisions as data: both functions are pure, so time and chance come in as events. */
export interface Machine<S, E, X> {
  transition(state: S, event: E): Step<S, X>;
  deadline(state: S): Deadline<E> | undefined;
}

/** @returns the way to cancel */
export type StartTimer = (afterMs: number, elapsed: () => void) => () => void;

export interface RunnerPorts<S, E, X> {
  readonly startTimer: StartTimer;
  readonly perform: (effect: X) => void;
  /** Called after the state was replaced and before its effects are performed. */
  readonly onTransition: (from: S, event: E, to: S) => void;
}

/** Runs a machine: one event at a time, effects after the state, the state's timer armed and disarmed. */
export class Runner<S, E, X> {
  #current: S;
  readonly #machine: Machine<S, E, X>;
  readonly #ports: RunnerPorts<S, E, X>;
  readonly #pending: E[] = [];
  #running = false;
  #timer: { readonly name: string; readonly cancel: () => void } | undefined;

  constructor(machine: Machine<S, E, X>, initial: S, ports: RunnerPorts<S, E, X>) {
    this.#machine = machine;
    this.#current = initial;
    this.#ports = ports;
    this.#arm();
  }

  get state(): S {
    return this.#current;
  }

  /** Events that are sent by effects wait until those effects are done. */
  send(event: E): void {
    this.#pending.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift())
        this.#step(next);
    } finally {
      this.#running = false;
    }
  }

  #step(event: E): void {
    const from = this.#current;
    const { state, effects } = this.#machine.transition(from, event);
    this.#current = state;
    this.#arm();
    if (state !== from) this.#ports.onTransition(from, event, state);
    for (const effect of effects) this.#ports.perform(effect);
  }

  #arm(): void {
    const deadline = this.#machine.deadline(this.#current);
    if (deadline?.name === this.#timer?.name) return;
    this.#timer?.cancel();
    this.#timer = deadline && {
      name: deadline.name,
      cancel: this.#ports.startTimer(deadline.afterMs, () => {
        this.#timer = undefined;
        this.send(deadline.event);
      }),
    };
  }
}
