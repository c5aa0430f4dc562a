import type { Device, DevicePort, FoundDevices, MicrophonePermission } from '../model/devices.ts';

/** The browser's microphones and loudspeakers. Looking at them never asks the person for anything. */
export function soundDevices(): DevicePort {
  // Absent on a page that was not loaded over HTTPS or from this machine.
  const media = 'mediaDevices' in navigator ? navigator.mediaDevices : undefined;
  return {
    canUseMicrophone: media !== undefined,
    canChooseSpeaker: 'setSinkId' in HTMLMediaElement.prototype,
    find: async () => found(media === undefined ? [] : await media.enumerateDevices(), await permission()),
    onChange: (listener) => watch(media, listener),
  };
}

function found(all: readonly MediaDeviceInfo[], microphone: MicrophonePermission): FoundDevices {
  const ofKind = (kind: MediaDeviceKind): readonly Device[] =>
    all.filter((device) => device.kind === kind).map(({ deviceId, label }) => ({ id: deviceId, label }));
  return {
    microphones: ofKind('audioinput'),
    speakers: ofKind('audiooutput'),
    permission: microphone,
  };
}

async function permission(): Promise<MicrophonePermission> {
  const status = await permissionStatus();
  return status?.state ?? 'unknown';
}

/** Undefined in browsers that do not tell. */
async function permissionStatus(): Promise<PermissionStatus | undefined> {
  try {
    return await navigator.permissions.query({ name: 'microphone' });
  } catch {
    return undefined;
  }
}

function watch(media: MediaDevices | undefined, listener: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  media?.addEventListener('devicechange', listener, { signal });
  void permissionStatus().then((status) => {
    if (!signal.aborted) status?.addEventListener('change', listener, { signal });
  });
  return () => stop.abort();
}
