import type { RecordCategory } from '@parley/protocol';

/** Tells of an event: its kind, a sentence or a few words, and particulars. */
export type Tell = (
  category: RecordCategory,
  event: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
  level?: 'debug' | 'info' | 'warn' | 'error',
) => void;

/** Follows ICE on one peer connection. @returns the way to stop */
export function watchPeer(connection: RTCPeerConnection, tell: Tell): () => void {
  const controller = new AbortController();
  const on = (event: string, happened: (event: Event) => void): void => {
    connection.addEventListener(event, happened, { signal: controller.signal });
  };
  on('icegatheringstatechange', () => {
    const state = connection.iceGatheringState;
    tell('ice', 'gathering', `gathering ${state}`, { state }, 'debug');
  });
  on('iceconnectionstatechange', () => {
    const state = connection.iceConnectionState;
    const isBad = state === 'failed' || state === 'disconnected';
    tell('ice', 'connection', `ICE ${state}`, { state }, isBad ? 'warn' : 'info');
  });
  on('connectionstatechange', () => {
    const state = connection.connectionState;
    tell('media', 'connection', `media path ${state}`, { state }, 'debug');
  });
  on('icecandidate', (event) => {
    const { candidate } = event as RTCPeerConnectionIceEvent;
    if (!candidate?.candidate) return;
    const { protocol, relayProtocol, type } = candidate as RTCIceCandidate & { relayProtocol?: string };
    const message = `${type ?? 'a'} candidate over ${relayProtocol ?? protocol ?? 'an unknown protocol'}`;
    tell('ice', 'candidate', message, { side: 'local', type, protocol, relayProtocol }, 'debug');
  });
  on('icecandidateerror', (event) => {
    const { errorCode, errorText, url } = event as RTCPeerConnectionIceErrorEvent;
    tell('ice', 'candidate-error', `${url}: ${errorText}`, { errorCode, errorText, url }, 'warn');
  });
  return () => {
    controller.abort();
  };
}
