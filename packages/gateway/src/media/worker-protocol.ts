import type { MediaCommand, MediaEvent, MediaFailure, MediaResults } from './media-plane.ts';

/** What a worker must know to make legs. */
export interface MediaSettings {
  /** The addresses that the candidates carry, in the order of preference. */
  addresses: readonly string[];
  /** The UDP ports of this worker, both ends included; absent: any free port. A leg takes one for each address. */
  portRange?: readonly [number, number];
  /** After this long without RTP and RTCP from a leg that is negotiated, it is told as lost. */
  silenceTimeoutMs: number;
}

export type ToMediaWorker =
  | { type: 'start'; settings: MediaSettings }
  | { type: 'command'; id: number; command: MediaCommand }
  | { type: 'close' };

export type MediaResult = MediaResults[keyof MediaResults];

export type FromMediaWorker =
  | { type: 'ready' }
  | { type: 'result'; id: number; result: MediaResult }
  | { type: 'refused'; id: number; failure: MediaFailure; message: string }
  | { type: 'event'; event: MediaEvent }
  | { type: 'closed' };

/** A running worker, seen from the gateway. What is sent before it runs is kept for it. */
export interface MediaWorkerChannel {
  send(message: ToMediaWorker): void;
  onMessage(listener: (message: FromMediaWorker) => void): void;
  /** Each listener is called once, when the worker is gone, whatever ended it. */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

/** Starts a worker. `node/media-processes.ts` has the real one. */
export type ForkMediaWorker = () => MediaWorkerChannel;
