// Runs on the audio thread: hands every 10 ms of what flows through it to the page, with the time of its first sample.

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

const FRAME_SAMPLES = 480;

class Ear extends AudioWorkletProcessor {
  #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;
  #startedAt = 0;

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const quantum = inputs[0]?.[0] ?? new Float32Array(128);
    for (const sample of quantum) {
      // The context's own clock stands still whenever the machine is too busy to render, and stays behind for good.
      if (this.#filled === 0) this.#startedAt = Date.now();
      this.#frame[this.#filled] = sample;
      this.#filled += 1;
      if (this.#filled === FRAME_SAMPLES) this.#hand();
    }
    return true;
  }

  #hand(): void {
    const frame = this.#frame;
    this.port.postMessage({ startedAt: this.#startedAt, samples: frame }, [frame.buffer]);
    this.#frame = new Float32Array(FRAME_SAMPLES);
    this.#filled = 0;
  }
}

registerProcessor('ear', Ear);
