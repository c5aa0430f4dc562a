export interface Device {
  id: string;
  label: string;
}

/** What the browser says of sound devices. */
export interface FoundDevices {
  microphones: readonly Device[];
  speakers: readonly Device[];
  permission: MicrophonePermission;
}

/** `unknown` where the browser does not tell without asking the person. */
export type MicrophonePermission = 'unknown' | 'prompt' | 'granted' | 'denied';

export interface DevicePort {
  find(): Promise<FoundDevices>;
  /** Devices came or went, or the permission changed. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
  /** Whether a page can choose the loudspeaker here at all. */
  readonly canChooseSpeaker: boolean;
  /** False where the page was loaded in a way that keeps browsers from opening a microphone. */
  readonly canUseMicrophone: boolean;
}

export const NO_DEVICES: FoundDevices = { microphones: [], speakers: [], permission: 'unknown' };

/** A chosen device that is not plugged in stands back for the system's, and is used again when it returns. */
export function inUse(chosen: string, devices: readonly Device[]): string {
  return devices.some(({ id }) => id === chosen) ? chosen : '';
}

/** Before the permission, browsers hide names (and Firefox the loudspeakers): such entries are of no use to choose from. */
export function choices(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ id, label }) => id !== '' && label !== '' && !SYSTEM_ALIASES.has(id));
}

/** Chromium lists what the system uses once more under these ids. */
const SYSTEM_ALIASES = new Set(['default', 'communications']);

/** The one that the system uses: Chromium's alias for it, elsewhere the first. Null where there is none. */
export function systemDevice(devices: readonly Device[]): string | null {
  const device = devices.find(({ id }) => id === 'default') ?? devices[0];
  return device?.id ?? null;
}
