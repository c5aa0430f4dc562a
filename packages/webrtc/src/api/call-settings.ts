import type { CallSettings } from '../calls/call.ts';
import type { IVertoCallOptions } from './call.ts';
import { toDialogParams } from './dialog-params.ts';
import type { IClientOptions, MediaElementSource } from './options.ts';

const RECOVERY_MS = 20_000;
/** An answer waits for its microphone for a minute in all. */
const MOST_RECOVERY_MS = 55_000;

/** The writable data of a client; read when they are needed. */
export interface ClientFields {
  readonly options: IClientOptions;
  readonly micId: string;
  readonly speaker: string | null;
  readonly ringtoneFile: string | undefined;
  readonly ringbackFile: string | undefined;
}

/** What calls take from the client where they have nothing of their own. */
export interface CallDefaults {
  readonly fields: ClientFields;
  readonly audio: boolean | MediaTrackConstraints;
  readonly iceServers: readonly RTCIceServer[];
  /** The server takes candidates as they are found. */
  readonly trickles: boolean;
  /** The server makes spans of calls. */
  readonly traces: boolean;
  readonly localElement: MediaElementSource | undefined;
  readonly remoteElement: MediaElementSource | undefined;
}

export function toSettings(call: IVertoCallOptions, client: CallDefaults): CallSettings {
  const { fields } = client;
  const { options } = fields;
  return {
    audio: audioOf(call, client.audio),
    iceServers: call.iceServers ?? client.iceServers,
    relayOnly: call.forceRelayCandidate ?? options.forceRelayCandidate ?? false,
    prefetchCandidates: call.prefetchIceCandidates ?? options.prefetchIceCandidates ?? true,
    trickle: call.trickleIce ?? options.trickleIce ?? client.trickles,
    preferredCodecs: call.preferred_codecs ?? [],
    recoverMs: (answering) => {
      const { enabled, outbound, timeout } = options.mediaPermissionsRecovery ?? {};
      return enabled && (answering || outbound)
        ? Math.min(timeout ?? RECOVERY_MS, MOST_RECOVERY_MS)
        : undefined;
    },
    muted: call.mutedMicOnStart ?? options.mutedMicOnStart ?? false,
    localStream: call.localStream,
    localElement: call.localElement ?? client.localElement,
    remoteElement: call.remoteElement ?? client.remoteElement,
    speakerId: call.speakerId ?? fields.speaker ?? undefined,
    ringtone: call.ringtoneFile ?? fields.ringtoneFile,
    ringback: call.ringbackFile ?? fields.ringbackFile,
    dialog: {
      ...toDialogParams(call),
      parley: client.traces && call.traceparent ? { traceparent: call.traceparent } : undefined,
    },
  };
}

function audioOf(
  { audio, micId, receiveOnlyAudio }: IVertoCallOptions,
  usual: CallDefaults['audio'],
): CallDefaults['audio'] {
  if (receiveOnlyAudio === true || audio === false) return false;
  const wanted = typeof audio === 'object' ? audio : usual || audio === true;
  if (micId === undefined || wanted === false) return wanted;
  return { ...(wanted === true ? {} : wanted), deviceId: { exact: micId } };
}
