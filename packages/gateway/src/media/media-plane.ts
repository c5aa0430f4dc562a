/**
 * The media port. Every leg is a peer connection of its own between one browser and the gateway, so that a leg
 * can be restarted, remade, held or bridged to something else without the other leg noticing. The interface is
 * shaped like messages (plain data in, plain data out): no type of a media library crosses it, and it can be
 * spoken to a child process as it is.
 */

import type { GatewayMediaSample } from '@parley/protocol';
import type { EngineInput, EngineName, EngineOutput, EngineSettings } from './engines/engine-messages.ts';

/** A leg as the media plane knows it; unique in the gateway. */
export type MediaLegId = string;

export type MediaCommand =
  /**
   * Takes a browser's offer and gives the answer. For a leg that exists already it is a renegotiation: an ICE
   * restart is answered in place, and the old candidate pair carries media until a new one is nominated. An offer with
   * another certificate is one of a new peer connection of the browser, and takes the place of the former.
   * `call` says which legs must share a worker.
   */
  | { type: 'accept'; leg: MediaLegId; call: string; sdp: string }
  /** Makes a leg that the gateway offers; the offer holds every candidate. */
  | { type: 'offer'; leg: MediaLegId; call: string }
  /** The browser's answer to `offer` or to a `remake` that offered. */
  | { type: 'answer'; leg: MediaLegId; sdp: string }
  | { type: 'candidate'; leg: MediaLegId; candidate: string; sdpMid?: string | null }
  /**
   * A new peer connection (new certificate) in the place of a leg whose old one is lost. Answers `sdp` where it
   * is given, offers otherwise. Where the media plane still knows the leg, what it hears and who hears it stay as they
   * were; where its worker died, bridge it again. Of the browsers, only Chromium can carry on its own old peer
   * connection with the new one; any can make a new one too, for which `accept` is enough.
   */
  | { type: 'remake'; leg: MediaLegId; call: string; sdp?: string }
  /** Both legs hear each other. A leg bridged to itself is an echo. */
  | { type: 'bridge'; legs: readonly [MediaLegId, MediaLegId] }
  /** While held, the leg and the one it is bridged to hear silence. */
  | { type: 'hold'; leg: MediaLegId; held: boolean }
  /**
   * What an unbridged leg hears; before its first `play` or `bridge` it is sent nothing. Ringback goes on after `bridge` until the other leg's first packet, so that no
   * hole is heard between the two.
   */
  | { type: 'play'; leg: MediaLegId; tone: 'ringback' | 'silence' }
  /** Sends telephone-events (RFC 4733) to the browser, where it negotiated them; nothing otherwise. */
  | { type: 'dtmf'; leg: MediaLegId; digits: string }
  /** Puts an engine at the other end of a leg, in the place of what it was bridged to. */
  | { type: 'converse'; leg: MediaLegId; engine: EngineName; settings: EngineSettings }
  /** Tells something to the engine of a leg. */
  | { type: 'tell'; leg: MediaLegId; input: EngineInput }
  | { type: 'close'; leg: MediaLegId };

export interface MediaResults {
  accept: { sdp: string };
  offer: { sdp: string };
  answer: undefined;
  candidate: undefined;
  remake: { sdp: string };
  bridge: undefined;
  hold: undefined;
  play: undefined;
  dtmf: undefined;
  converse: undefined;
  tell: undefined;
  close: undefined;
}

export type MediaCounters = Omit<GatewayMediaSample, 'at'>;

export type MediaEvent =
  /** ICE and DTLS are up; told again after a restart or a remake. */
  | { type: 'connected'; leg: MediaLegId }
  /** The first RTP packet of the leg since it was made or remade. */
  | { type: 'flowing'; leg: MediaLegId }
  /** A telephone-event from the browser, once a key press. */
  | { type: 'dtmf'; leg: MediaLegId; digit: string }
  /** What was counted of its RTP since it was made; every 5 s. `sequence` counts how often. */
  | { type: 'counted'; leg: MediaLegId; sequence: number; sample: MediaCounters }
  /** What the engine at the other end of the leg tells. */
  | { type: 'engine'; leg: MediaLegId; output: EngineOutput }
  /**
   * The media path is gone: its worker died, and the leg is not known any more; or nothing was received for too long
   * (15 s by default), which is told again after as long, while the leg lives on. Nothing is awaited from a leg that
   * was neither bridged nor played anything.
   */
  | { type: 'lost'; leg: MediaLegId; reason: 'worker' | 'timeout' };

/**
 * Why a command was refused. `full`: no worker has room for another leg. `wrong-state`: the command does not fit what
 * was done to the leg before, such as an answer without an offer, or a bridge of legs whose calls live in different
 * workers.
 */
export type MediaFailure = 'full' | 'no-such-leg' | 'bad-sdp' | 'wrong-state' | 'worker-lost' | 'closed';

export class MediaError extends Error {
  readonly failure: MediaFailure;
  constructor(failure: MediaFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MediaError';
    this.failure = failure;
  }
}

export interface MediaPlane {
  /**
   * Settles within 8 s. Rejects with a {@link MediaError}. Commands for one leg are carried out in the order given.
   * `close` of an unknown leg is no error.
   */
  send<C extends MediaCommand>(command: C): Promise<MediaResults[C['type']]>;
  /** @returns the way to unsubscribe */
  onEvent(listener: (event: MediaEvent) => void): () => void;
  /**
   * Ends the process that a leg lives in, and with it all its legs, as a crash would.
   *
   * @returns whether there is such a process. Left out where media lives elsewhere.
   */
  killWorkerOf?(leg: MediaLegId): boolean;
  /** For health and metrics. */
  status(): { ready: boolean; workers: number; legs: number; capacity: number };
  close(): Promise<void>;
}
