import type { ClientExtension, ClientMethod, Push } from '@parley/protocol';

import type { Log } from '../kernel/log.ts';
import type { StartTimer } from '../kernel/machine.ts';
import type { SocketPort } from '../platform/ports.ts';
import type { Fields } from './fields.ts';
import type { Route } from './resumption.ts';
import type { SessionEvent, SessionFailure, SessionPolicy, SessionState } from './session-machine.ts';

export interface SessionPorts {
  readonly startTimer: StartTimer;
  readonly log: Log;
  openSocket(url: string): SocketPort;
  random(): number;
  uuid(): string;
  now(): number;
  isVisible(): boolean;
  isOnline(): boolean;
}

/** Read anew for every connection and login, as the application may change its options. */
export interface SessionSettings {
  /** Tried one after the other, until a socket opens. At least one. */
  readonly servers: readonly string[];
  readonly route: Route;
  readonly policy: SessionPolicy;
  readonly login: { readonly method: string; readonly params: Fields };
}

/** What the session leaves to others. */
export type CallPush = Push<
  Exclude<
    ClientMethod,
    'telnyx_rtc.clientReady' | 'telnyx_rtc.gatewayState' | 'telnyx_rtc.ping' | 'parley.iceServers'
  >
>;

export interface SessionObserver {
  changed(state: SessionState, event: SessionEvent): void;
  readonly inCall: () => boolean;
  /** What the client tells of its clock and its calls with a login. */
  known(): Pick<ClientExtension, 'at' | 'ended' | 'calls'>;
  ready(): void;
  failed(failure: SessionFailure, error: unknown): void;
  /** @returns settles when there is something to log in with; undefined where there is */
  prepared(): Promise<void> | undefined;
  /** @param expiresIn what the server says of the seconds that the login holds */
  loggedIn(expiresIn: unknown): void;
  /** The server has granted ICE servers, in place of those before. */
  iceServersGranted(): void;
  /** @param survivors the calls that the server still holds; undefined where it does not tell */
  resumed(survivors: readonly string[] | undefined): void;
  /** @param acknowledge does nothing where the server does not wait for it */
  pushed(push: CallPush, acknowledge: () => void): void;
  message(raw: Fields): void;
  /** A request goes out. */
  sent(method: string, params: Fields): void;
  opened(event: Event): void;
  socketFailed(event: Event, generation: number): void;
  /** No socket opened at any of the servers, since one last did. */
  unreached(servers: readonly string[]): void;
  /** There will be no further socket unless the application asks for one; what calls there are end. */
  gaveUp(): void;
  closed(event: CloseEvent, generation: number): void;
}
