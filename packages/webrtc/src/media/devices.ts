import type { MediaPorts } from '../platform/ports.ts';
import { openMicrophone, stopStream } from './microphone.ts';

type Ports = Pick<MediaPorts, 'devices'>;

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
 */
export async function listDevices(ports: Ports, kind?: MediaDeviceKind): Promise<MediaDeviceInfo[]> {
  if (!ports.devices) return [];
  const known = await ports.devices.enumerateDevices();
  const audioIsHidden = known.some((device) => device.kind !== 'videoinput' && device.label === '');
  if (audioIsHidden) stopStream(await openMicrophone(ports, true));
  const devices = audioIsHidden ? await ports.devices.enumerateDevices() : known;
  return devices.filter((device) => kind === undefined || device.kind === kind);
}

/** @returns the id where it is present, else that of a device with the same label, else null */
export async function findDeviceId(
  ports: Ports,
  id: string,
  label: string,
  kind: MediaDeviceKind,
): Promise<string | null> {
  const devices = await listDevices(ports, kind);
  const match =
    devices.find(({ deviceId }) => deviceId === id) ?? devices.find((each) => each.label === label);
  return match?.deviceId ?? null;
}

/** @returns whether the person allows it; leaves nothing open */
export async function checkPermissions(ports: Ports, audio: boolean, video: boolean): Promise<boolean> {
  if (!ports.devices) return false;
  try {
    stopStream(await ports.devices.getUserMedia({ audio, video }));
    return true;
  } catch {
    return false;
  }
}

/** Drops constraints that this browser does not know. */
export function supportedConstraints(ports: Ports, wanted: MediaTrackConstraints): MediaTrackConstraints {
  const supported: Readonly<Record<string, unknown>> = { ...ports.devices?.getSupportedConstraints() };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => supported[name] === true));
}
