/** A report as an official client posts it, of a call that nobody made: no `quality`, and `logs` in its own words. */

const STARTED = Date.parse('2026-04-02T09:15:00.000Z');
/** Seconds until the first row. */
const RINGING = 5;
const SECONDS = 60;
const PACKETS = 50;
/** Of the 50 packets of each of these seconds, 10 are lost. */
const LOSSY = { from: 20, to: 28, lost: 10 };

export function officialReport(): object {
  return {
    summary: {
      callId: '5c0a7d1e-1111-4222-8333-944455566677',
      destinationNumber: '+15550177',
      callerNumber: '+15550133',
      direction: 'outbound',
      state: 'destroy',
      telnyxSessionId: 'made-up-session',
      telnyxLegId: 'made-up-leg',
      sdkVersion: '2.27.10',
      durationSeconds: SECONDS,
      startTimestamp: isoOf(0),
      endTimestamp: isoOf(RINGING + SECONDS),
      clientSummary: {
        authentication: { type: 'login_password' },
        connection: { env: 'production', region: 'auto', autoReconnect: true },
        media: { audio: true, video: false, trickleIce: false },
        callReports: { enabled: true, intervalMs: 5_000, debugLogLevel: 'debug' },
      },
    },
    stats: Array.from({ length: SECONDS }, (_, second) => rowOf(second)),
    logs: [
      logOf(0.2, 'debug', 'SEND: \n', { args: ['{"jsonrpc":"2.0","id":"7","method":"telnyx_rtc.invite"}'] }),
      logOf(1, 'info', 'A made-up line about gathering'),
      logOf(RINGING, 'debug', 'RECV: \n', {
        args: ['{"jsonrpc":"2.0","id":"8","method":"telnyx_rtc.answer"}'],
      }),
      logOf(RINGING + LOSSY.from + 3, 'warn', 'A made-up line about a poor network'),
    ],
  };
}

function rowOf(second: number): object {
  const lossy = Math.min(Math.max(second + 1 - LOSSY.from, 0), LOSSY.to - LOSSY.from);
  const packetsLost = lossy * LOSSY.lost;
  const packetsReceived = (second + 1) * PACKETS - packetsLost;
  const codec = {
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: 109,
    sdpFmtpLine: 'minptime=10;useinbandfec=1',
    codecId: 'C1',
  };
  return {
    intervalStartUtc: isoOf(RINGING + second),
    intervalEndUtc: isoOf(RINGING + second + 1),
    audio: {
      outbound: {
        packetsSent: (second + 1) * PACKETS,
        bytesSent: (second + 1) * PACKETS * 70,
        audioLevelAvg: 0.0815,
        bitrateAvg: 28_000,
        localTrack: {
          id: 'T1',
          label: 'Desk microphone',
          enabled: true,
          muted: false,
          readyState: 'live',
          settings: { channelCount: 1, sampleRate: 48_000, echoCancellation: true },
        },
        codec,
      },
      inbound: {
        packetsReceived,
        bytesReceived: packetsReceived * 70,
        packetsLost,
        packetsDiscarded: 0,
        concealedSamples: packetsLost * 960,
        audioLevelAvg: 0.0642,
        jitterAvg: 6.25,
        bitrateAvg: 27_500,
        codec,
      },
    },
    connection: {
      roundTripTimeAvg: 0.064,
      currentRoundTripTime: 0.064,
      roundTripTimeSource: 'candidate-pair.currentRoundTripTime',
    },
    ice: {
      id: 'CP1',
      state: 'succeeded',
      nominated: true,
      writable: true,
      local: {
        id: 'L1',
        address: '192.0.2.40',
        port: 50_112,
        candidateType: 'srflx',
        protocol: 'udp',
        networkType: 'ethernet',
      },
      remote: { id: 'R1', address: '198.51.100.9', port: 31_004, candidateType: 'host', protocol: 'udp' },
    },
    transport: { iceState: 'connected', dtlsState: 'connected', selectedCandidatePairChanges: 1 },
    remoteRtcp: {
      inbound: { packetsReceived, packetsLost: 0, fractionLost: 0, jitter: 5, roundTripTime: 0.066 },
    },
  };
}

function logOf(second: number, level: string, message: string, context?: object): object {
  return { timestamp: isoOf(second), level, message, ...(context === undefined ? {} : { context }) };
}

function isoOf(second: number): string {
  return new Date(STARTED + second * 1000).toISOString();
}
