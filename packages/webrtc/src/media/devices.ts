import { within } from '../kernel/deadline.ts';
import type { MediaPorts } from '../platform/ports.ts';
import { MicrophoneError, openMicrophone, stopStream, type MicrophonePorts } from './microphone.ts';

/** It asks nobody. */
const LOOK_UP_MS = 5_000;

export type HasDevice = (kind: MediaDeviceKind, deviceId: string) => boolean;

/** Calls back whenever there may be other devices to use. @returns the way to unsubscribe */
export function watchDevices(
  ports: Pick<MediaPorts, 'devices' | 'onDevicesChange'>,
  changed: (has: HasDevice) => void,
): () => void {
  return ports.onDevicesChange(() => {
    ports.devices?.enumerateDevices().then(
      (devices) => {
        // An id that is hidden, as nothing is allowed, may be any.
        changed((kind, id) =>
          devices.some((each) => each.kind === kind && (!each.deviceId || each.deviceId === id)),
        );
      },
      () => undefined,
    );
  });
}

/**
 * @param kind undefined: all
 * @returns the devices, with labels where the person allows: asks for the microphone where labels are hidden
 * @throws MicrophoneError where the person does not allow it within a minute, or the browser does not answer
 */
export async function listDevices(
  ports: MicrophonePorts,
  kind?: MediaDeviceKind,
): Promise<MediaDeviceInfo[]> {
  const known = await enumerate(ports);
  const audioIsHidden = known.some((device) => device.kind !== 'videoinput' && device.label === '');
  if (audioIsHidden) stopStream(await openMicrophone(ports, { audio: true }));
  const devices = audioIsHidden ? await enumerate(ports) : known;
  return devices.filter((device) => kind === undefined || device.kind === kind);
}

async function enumerate({ devices, startTimer }: MicrophonePorts): Promise<MediaDeviceInfo[]> {
  try {
    return devices ? await within(devices.enumerateDevices(), LOOK_UP_MS, startTimer) : [];
  } catch (error) {
    throw new MicrophoneError(error);
  }
}

/** @returns the id where it is present, else that of a device with the same label, else null */
export function findDeviceId(devices: readonly MediaDeviceInfo[], id: string, label: string): string | null {
  const match =
    devices.find(({ deviceId }) => deviceId === id) ?? devices.find((each) => each.label === label);
  return match?.deviceId ?? null;
}

/** @returns whether the person allows it, within a minute; leaves nothing open */
export async function checkPermissions(
  ports: MicrophonePorts,
  audio: boolean,
  video: boolean,
): Promise<boolean> {
  try {
    stopStream(await openMicrophone(ports, { audio, video }));
    return true;
  } catch {
    return false;
  }
}

/** Drops constraints that this browser does not know. */
export function supportedConstraints(
  ports: Pick<MediaPorts, 'devices'>,
  wanted: MediaTrackConstraints,
): MediaTrackConstraints {
  const supported: Readonly<Record<string, unknown>> = { ...ports.devices?.getSupportedConstraints() };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => supported[name] === true));
}
