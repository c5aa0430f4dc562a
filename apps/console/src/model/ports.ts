import type { Fault } from '@parley/webrtc/simulate';
import type { DevicePort } from './devices.ts';
import type { TabMessage } from './howl.ts';
import type { ClientFactory, PhoneClient } from './sdk.ts';
import type { SettingsStore } from './settings.ts';

/** The outside world of the phone. */
export interface PhonePorts {
  createClient: ClientFactory;
  makeFault: MakeFault;
  clock: { now(): number; after(ms: number, listener: () => void): () => void };
  devices: DevicePort;
  playback: Playback;
  ringer: { ring(how: 'silent' | 'bell' | 'knock'): void };
  /** The other tabs of this origin in this browser. */
  tabs: { post(message: TabMessage): void; listen(listener: (data: unknown) => void): () => void };
  storage: SettingsStore;
  /** This tab's name among the tabs. */
  tab: string;
  /** How this browser is told to give the microphone. */
  microphoneRemedy: string;
}

/** Breaks something of the client on purpose. Settles when it is over; rejects where there is nothing to break. */
export type MakeFault = (client: PhoneClient, fault: Fault, seconds: number | null) => Promise<void>;

/** Elements that play the far ends, one for each call. */
export interface Playback {
  create(): HTMLMediaElement;
  release(element: HTMLMediaElement): void;
  /** Plays what the browser held back; works within a click only. */
  unblock(): void;
  onPlaying(listener: () => void): void;
}
