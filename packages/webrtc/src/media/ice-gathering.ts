import type { StartTimer } from '../kernel/machine.ts';
import { relayedOnly } from './sdp.ts';

/** How long to wait for the answers of STUN and TURN servers once there is something to send. */
const FOR_SERVERS_MS = 1_000;
/** Without servers the addresses of this machine come together; the last one would take 100 ms more. */
const FOR_NO_SERVERS_MS = 30;
/** How long to wait where nothing at all is found; the other side can still learn the address from checks. */
const AT_MOST_MS = 5_000;

export interface CandidateSink {
  candidate(candidate: RTCIceCandidateInit): void;
  endOfCandidates(): void;
}

export interface GatheringOptions {
  readonly trickle: boolean;
  /** Whether there are STUN or TURN servers to ask. */
  readonly hasServers: boolean;
  /** Nothing but relayed candidates counts, or leaves. */
  readonly relayOnly: boolean;
  /** Only with trickle, which does not wait: there is no relay to be had. */
  readonly noRelay: () => void;
}

/**
 * Gathers the candidates of one local description after the other (RFC 8838). Without trickle the description waits
 * for them; with it they go to the sink, from `release()` on, as they are found.
 */
export class IceGathering {
  readonly #connection: RTCPeerConnection;
  readonly #trickle: boolean;
  readonly #relayOnly: boolean;
  readonly #noRelay: () => void;
  readonly #afterFirstMs: number;
  readonly #startTimer: StartTimer;
  #held: (RTCIceCandidateInit | null)[] = [];
  #sink: CandidateSink | undefined;
  #ended = false;
  #found = 0;
  /** The browser says `complete` of the description before. */
  #isStale = false;
  #cancelTimer: (() => void) | undefined;
  #gathered: () => void = () => undefined;

  constructor(connection: RTCPeerConnection, options: GatheringOptions, startTimer: StartTimer) {
    this.#connection = connection;
    this.#trickle = options.trickle;
    this.#relayOnly = options.relayOnly;
    this.#noRelay = options.noRelay;
    this.#afterFirstMs = options.hasServers ? FOR_SERVERS_MS : FOR_NO_SERVERS_MS;
    this.#startTimer = startTimer;
    connection.onicecandidate = ({ candidate }) => {
      this.#handle(candidate?.candidate ? candidate : null);
    };
    connection.onicegatheringstatechange = () => {
      this.#isStale = false;
      if (connection.iceGatheringState === 'complete') this.#gathered();
    };
  }

  /** The next description has candidates of its own. */
  restart(): void {
    this.#sink = undefined;
    this.#held = [];
    this.#ended = false;
    this.#found = 0;
    this.#isStale = this.#connection.iceGatheringState === 'complete';
    this.#cancelTimer?.();
  }

  /** Settles when the description is worth sending. */
  async wait(): Promise<void> {
    // Closed while the browser took the description: no timer is to outlive that.
    if (this.#connection.signalingState === 'closed') return;
    if (this.#trickle) {
      if (this.#relayOnly && this.#found === 0) this.#limit(AT_MOST_MS, this.#noRelay);
      return;
    }
    if (this.#isStale || this.#connection.iceGatheringState !== 'complete') {
      await new Promise<void>((resolve) => {
        this.#gathered = resolve;
        this.#limit(this.#found > 0 ? this.#afterFirstMs : AT_MOST_MS, resolve);
      });
    }
    this.#cancelTimer?.();
  }

  /** The description has been sent: candidates may follow it. */
  release(sink: CandidateSink): void {
    if (!this.#trickle) return;
    this.#sink = sink;
    for (const candidate of this.#held.splice(0)) this.#pass(sink, candidate);
  }

  close(): void {
    this.#connection.onicecandidate = null;
    this.#connection.onicegatheringstatechange = null;
    this.#sink = undefined;
    this.#cancelTimer?.();
    this.#gathered();
  }

  #handle(given: RTCIceCandidate | null): void {
    if (given && this.#relayOnly && !given.candidate.includes(' typ relay')) return;
    const candidate = given && this.#toInit(given);
    if (candidate && ++this.#found === 1) {
      if (this.#trickle) this.#cancelTimer?.();
      else this.#limit(this.#afterFirstMs, () => this.#gathered());
    }
    if (!this.#trickle) {
      if (!candidate) this.#gathered();
      return;
    }
    if (this.#sink) this.#pass(this.#sink, candidate);
    else this.#held.push(candidate);
    if (!candidate && this.#relayOnly && this.#found === 0) this.#noRelay();
  }

  #toInit({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidate): RTCIceCandidateInit {
    return { candidate: this.#relayOnly ? relayedOnly(candidate) : candidate, sdpMid, sdpMLineIndex };
  }

  #limit(afterMs: number, elapsed: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#startTimer(afterMs, elapsed);
  }

  /** Browsers may say twice that there are no more. */
  #pass(sink: CandidateSink, candidate: RTCIceCandidateInit | null): void {
    if (candidate) sink.candidate(candidate);
    else if (!this.#ended) {
      this.#ended = true;
      sink.endOfCandidates();
    }
  }
}
