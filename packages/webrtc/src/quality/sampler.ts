import { within } from '../kernel/deadline.ts';
import type { StartTimer } from '../kernel/machine.ts';
import { Scope } from '../kernel/scope.ts';
import { readSample, type Sample, type StatsReport } from './sample.ts';

export interface SamplerPorts {
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Of the peer connection that the call has now; undefined: it has none. */
  readonly getStats: () => Promise<StatsReport> | undefined;
}

/** A browser that does not answer by then is asked again. */
const ANSWER_MS = 5_000;

/** Samples a call at even intervals until it is stopped; one that the browser does not give is left out. */
export class Sampler {
  readonly #ports: SamplerPorts;
  readonly #intervalMs: number;
  readonly #taken: (sample: Sample) => void;
  #asking = new Scope();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(ports: SamplerPorts, intervalMs: number, taken: (sample: Sample) => void) {
    this.#ports = ports;
    this.#intervalMs = intervalMs;
    this.#taken = taken;
    this.#schedule(ports.now() + intervalMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#asking.end();
  }

  #schedule(dueAt: number): void {
    const { now, startTimer } = this.#ports;
    this.#cancel = startTimer(Math.max(0, dueAt - now()), () => {
      void this.#sample().then(() => {
        // After a sleep, what was due meanwhile is not made up for.
        if (!this.#stopped) this.#schedule(Math.max(dueAt + this.#intervalMs, now()));
      });
    });
  }

  async #sample(): Promise<void> {
    const { getStats, now, startTimer } = this.#ports;
    this.#asking = new Scope();
    try {
      const asked = getStats();
      if (!asked) return;
      const report = await within(asked, ANSWER_MS, startTimer, this.#asking);
      if (!this.#stopped) this.#taken(readSample(report, now()));
    } catch {
      // The peer connection was closed meanwhile, or the browser hangs.
    }
  }
}
