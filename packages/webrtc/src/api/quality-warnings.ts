import type { Row } from './catalogue.ts';

const NETWORK = 'Check the network.';

/** What measuring a call can tell. A file of its own, so that it comes with what measures. */
export const QUALITY_WARNINGS = {
  31001: ['HIGH_RTT', 'The round trip takes long', NETWORK],
  31002: ['HIGH_JITTER', 'Packets arrive unevenly', NETWORK],
  31003: ['HIGH_PACKET_LOSS', 'Packets are lost', NETWORK],
  31004: ['LOW_MOS', 'The call sounds bad', NETWORK],
  31005: ['LOW_LOCAL_AUDIO', 'The microphone is silent', 'Check the microphone.'],
  31006: ['LOW_INBOUND_AUDIO', 'The other side is silent', 'Check the microphone of the other side.'],
  32001: ['LOW_BYTES_RECEIVED', 'No audio arrives', NETWORK],
  32002: ['LOW_BYTES_SENT', 'No audio is sent', NETWORK],
  33008: ['ICE_CANDIDATE_PAIR_CHANGED', 'The media path has changed', 'Nothing to do.'],
} as const satisfies Record<number, Row>;

export type QualityWarningCode = keyof typeof QUALITY_WARNINGS;
