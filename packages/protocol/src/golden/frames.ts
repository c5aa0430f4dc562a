/** Frames that are neither a request of the tables nor the result of one. */
import type { DebugReportFrame } from '../messages/debug.ts';
import type { GoldenMessage } from './golden-message.ts';

export const goldenAcknowledgement: GoldenMessage<{ method: string }> = {
  name: 'an official client acknowledges an invite',
  frame: { jsonrpc: '2.0', id: 5120, result: { method: 'telnyx_rtc.invite' } },
  decoded: { method: 'telnyx_rtc.invite' },
};

const report = {
  jsonrpc: '2.0' as const,
  id: '9a1c0000-0000-4000-8000-000000000021',
  debug_report_id: '9a1c0000-0000-4000-8000-0000000000d0',
  debug_report_version: 1,
  call_id: '8115d774-6a0e-4c3b-9a80-0d1f3b9f5a55',
};

function debugReport(name: string, frame: DebugReportFrame): GoldenMessage<DebugReportFrame> {
  return { name, frame: { ...frame }, decoded: frame };
}

export const goldenDebugReports: readonly GoldenMessage<DebugReportFrame>[] = [
  debugReport('a debug report begins', { ...report, type: 'debug_report_start' }),
  debugReport('a debug report goes on', {
    ...report,
    type: 'debug_report_data',
    debug_report_data: {
      event: 'stats',
      tag: 'stats',
      peerId: 'p',
      connectionId: 'p',
      timestamp: 1_795_338_064_450,
      data: { audio: { inbound: [{ packetsLost: 0 }], outbound: [] } },
    },
  }),
  debugReport('a debug report ends', { ...report, type: 'debug_report_stop' }),
];

export const goldenLoginError: GoldenMessage<{ code: number; message: string }> = {
  name: 'a login was refused',
  frame: { jsonrpc: '2.0', id: 'l-1', error: { code: -32_001, message: 'Login Incorrect' } },
  decoded: { code: -32_001, message: 'Login Incorrect' },
};

/** Raw text: what a client sends for `speedTest(2048)`, and what a gateway answers. */
export const goldenSpeedTest = {
  toServer: ['#SPU 2048', `#SPB ${'.'.repeat(1024)}`, `#SPB ${'.'.repeat(1024)}`, '#SPE'],
  toClient: ['#SPU17', '#SPD 23'],
} as const;
