import type { ReceivedPacket } from '../werift-peer.ts';
import type { EngineInput, EngineOutput } from './engine-messages.ts';

/**
 * The far end of a call that is no person. It lives in the media worker, so that audio never crosses a process; what
 * it hears and says are packets of Opus, which a speech engine decodes and encodes by itself.
 */
export interface Engine {
  /** A packet of the caller's. Not called while the call is held. */
  hear(packet: ReceivedPacket): void;
  take(input: EngineInput): void;
  /** The call is over, or the engine is no more its other end. */
  close(): void;
}

/** What an engine can do. */
export interface EnginePorts {
  /** Says packets of 20 ms each, one after the other, behind those that wait already. The leg keeps the time. */
  speak(packets: readonly Uint8Array[]): void;
  /** Forgets what waits to be said. */
  hush(): void;
  /** Passes on a packet that has a time of its own, unless something is being said. */
  relay(packet: ReceivedPacket): void;
  tell(output: EngineOutput): void;
  /** @returns an id that no other function call has */
  callId(): string;
}
