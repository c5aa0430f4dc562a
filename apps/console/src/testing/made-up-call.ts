import type { CallFile, CallFileLeg, CallReportRecord, CallReportRow, RecordContext } from '@parley/protocol';

/** Calls between alice and bob that nobody made, told by the second. */

/** One second of one side, as its client tells it. */
export interface Second {
  /** Of the 50 packets that are due: what was lost, and what did not come at all because the sender was quiet. */
  loss: number;
  absent: number;
  roundTripTime: number;
  jitterMs: number;
  /** Of the microphone, and of what is heard. */
  level: number;
  heard: number;
  address: string;
  networkType: string;
  candidateType: string;
  relayProtocol: string;
  enabled: boolean;
  muted: boolean;
  ended: boolean;
}

export interface MadeUpSide {
  /** What is special about a second, counted from the answer. */
  second?: (second: number) => Partial<Second>;
  /** What the client tells, and what the gateway saw: seconds from the answer, and the context. */
  told?: readonly Told[];
  seen?: readonly Told[];
  /** Share that was lost before the gateway, by second. */
  lostBefore?: (second: number) => number;
  /** The client's clock is ahead. */
  clockOffsetMs?: number;
  /** As an official client: no `quality`, no contexts. */
  official?: boolean;
  silentClient?: boolean;
  lastSecond?: number;
}

export type Told = readonly [
  second: number,
  context: RecordContext,
  message?: string,
  level?: CallReportRecord['level'],
];

export interface MadeUp {
  seconds?: number;
  alice?: MadeUpSide;
  bob?: MadeUpSide;
  call?: Partial<CallFile['call']>;
}

const STARTED = Date.parse('2026-05-12T14:32:05.000Z');
/** Seconds of ringing. */
export const RINGING = 4;
const PACKETS = 50;

const USUAL: Second = {
  loss: 0,
  absent: 0,
  roundTripTime: 0.042,
  jitterMs: 4,
  level: 0.12,
  heard: 0.1,
  address: '192.168.1.20',
  networkType: 'wifi',
  candidateType: 'host',
  relayProtocol: '',
  enabled: true,
  muted: false,
  ended: false,
};

export function madeUpCall({ seconds = 95, alice = {}, bob = {}, call = {} }: MadeUp = {}): CallFile {
  const end = isoOf(RINGING + seconds);
  return {
    format: 'parley-call',
    version: 1,
    exportedAt: end,
    nodeId: 'n1',
    call: {
      id: 'b1c0ffee-0000-4000-8000-000000000001',
      callerName: 'Alice',
      callerNumber: '+15550100',
      destination: 'bob',
      caller: 'alice',
      callee: 'bob',
      startedAt: isoOf(0),
      answeredAt: isoOf(RINGING),
      endedAt: end,
      durationSeconds: seconds,
      cause: 'NORMAL_CLEARING',
      causeCode: 16,
      mos: 4.3,
      ...call,
    },
    legs: [legOf('alice', alice, seconds), legOf('bob', bob, seconds)],
  };
}

function legOf(user: 'alice' | 'bob', side: MadeUpSide, seconds: number): CallFileLeg {
  const offset = side.clockOffsetMs ?? 0;
  const isCaller = user === 'alice';
  const told = (side.told ?? []).map((one) => recordOf(one, offset));
  const from = isCaller ? 'sent' : 'received';
  const greeting: Told[] =
    side.official === true
      ? []
      : [
          [
            -RINGING + 0.05,
            { category: 'signaling', event: from, method: 'telnyx_rtc.invite' },
            `${from} telnyx_rtc.invite`,
          ],
          [
            -RINGING + 0.3,
            { category: 'ice', event: 'gathering', state: 'complete' },
            'Candidates are gathered',
          ],
          [
            0.05,
            { category: 'call', event: 'state', state: 'active', previous: 'early' },
            'The call is active',
          ],
          [
            0.15,
            { category: 'ice', event: 'pair', local: 'host udp', remote: 'host udp' },
            'Sound takes a path: host by UDP',
          ],
          [0.2, { category: 'media', event: 'state', state: 'connected' }, 'Sound is connected'],
        ];
  return {
    callId: `call-of-${user}`,
    callReportId: `report-of-${user}`,
    role: isCaller ? 'caller' : 'callee',
    user,
    startedAt: isoOf(isCaller ? 0 : 0.1),
    endedAt: isoOf(RINGING + seconds),
    cause: 'NORMAL_CLEARING',
    causeCode: 16,
    clockOffsetMs: offset,
    events: [
      recordOf([
        -RINGING + 0.1,
        { category: 'signaling', event: isCaller ? 'received' : 'sent', method: 'telnyx_rtc.invite' },
        `${isCaller ? 'Received' : 'Sent'} telnyx_rtc.invite`,
      ]),
      recordOf([0, { category: 'call', event: 'state', state: 'established' }, 'The leg is established']),
      ...(side.seen ?? []).map((one) => recordOf(one)),
    ],
    media: Array.from({ length: Math.floor(seconds / 2) + 1 }, (_, nth) => sampleOf(side, nth * 2)),
    reports:
      side.silentClient === true
        ? []
        : [
            {
              summary: {
                callId: `call-of-${user}`,
                direction: isCaller ? 'outbound' : 'inbound',
                state: 'destroy',
                sdkVersion: side.official === true ? '2.27.10' : '2.28.0',
                durationSeconds: seconds,
                startTimestamp: isoOf(0, offset),
                endTimestamp: isoOf(RINGING + seconds, offset),
              },
              stats: rowsOf(side, Math.min(seconds, side.lastSecond ?? seconds), offset, isCaller ? 1 : -1),
              logs: [...greeting.map((one) => recordOf(one, offset)), ...told],
            },
          ],
    debug: [],
  };
}

function rowsOf(side: MadeUpSide, seconds: number, offset: number, turn: number): CallReportRow[] {
  const totals = { received: 0, lost: 0, sent: 0 };
  return Array.from({ length: seconds }, (_, second) => {
    const now: Second = { ...USUAL, ...wave(second, turn), ...side.second?.(second) };
    const due = PACKETS * (1 - now.absent);
    totals.lost += Math.round(due * now.loss);
    totals.received += due - Math.round(due * now.loss);
    totals.sent += PACKETS;
    return rowOf(now, totals, second, offset, side.official === true);
  });
}

/** People take turns. */
function wave(second: number, turn: number): Partial<Second> {
  const speaks = turn * Math.sin(second / 5) > 0;
  return {
    level: (speaks ? 0.14 : 0.012) * (1 + 0.4 * Math.sin(second * 2.7)),
    heard: (speaks ? 0.01 : 0.12) * (1 + 0.4 * Math.sin(second * 1.9)),
    roundTripTime: 0.042 - 0.008 * turn + 0.004 * Math.sin(second * 1.3 * turn),
    jitterMs: 4 + turn + 1.5 * Math.sin(second * (0.9 + 0.2 * turn)),
  };
}

function rowOf(
  now: Second,
  totals: { received: number; lost: number; sent: number },
  second: number,
  offset: number,
  official: boolean,
): CallReportRow {
  const loss = now.loss;
  return {
    intervalStartUtc: isoOf(RINGING + second, offset),
    intervalEndUtc: isoOf(RINGING + second + 1, offset),
    audio: {
      outbound: {
        packetsSent: totals.sent,
        bytesSent: totals.sent * 80,
        audioLevelAvg: now.enabled && !now.muted && !now.ended ? now.level : 0,
        bitrateAvg: 32_000,
        localTrack: {
          label: 'Built-in microphone',
          enabled: now.enabled,
          muted: now.muted,
          readyState: now.ended ? 'ended' : 'live',
        },
        codec: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
      },
      inbound: {
        packetsReceived: totals.received,
        packetsLost: totals.lost,
        jitterAvg: now.jitterMs,
        audioLevelAvg: now.absent === 1 ? 0 : now.heard,
        bitrateAvg: 32_000 * (1 - now.absent) * (1 - loss),
        codec: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 },
      },
    },
    connection: { roundTripTimeAvg: now.roundTripTime, currentRoundTripTime: now.roundTripTime },
    ice: {
      id: `pair ${now.address}`,
      state: 'succeeded',
      nominated: true,
      local: {
        address: now.address,
        port: 51_234,
        protocol: 'udp',
        candidateType: now.candidateType,
        networkType: now.networkType,
        ...(now.relayProtocol === ''
          ? {}
          : { relayProtocol: now.relayProtocol, url: 'turn:turn.example.com' }),
      },
      remote: { address: '203.0.113.7', port: 40_010, protocol: 'udp', candidateType: 'host' },
    },
    ...(official
      ? {}
      : { quality: { loss, mos: 4.4 - 25 * Math.min(0.1, loss) - Math.max(0, now.roundTripTime - 0.2) } }),
  };
}

function sampleOf(side: MadeUpSide, second: number): CallFileLeg['media'][number] {
  const totals = { packetsReceived: 0, packetsLost: 0 };
  for (let at = 0; at < second; at += 1) {
    const lost = Math.round(PACKETS * (side.lostBefore?.(at) ?? 0));
    totals.packetsLost += lost;
    totals.packetsReceived += PACKETS - lost;
  }
  return {
    at: isoOf(RINGING + second),
    ...totals,
    bytesReceived: totals.packetsReceived * 80,
    packetsSent: second * PACKETS,
    bytesSent: second * PACKETS * 80,
    jitterMs: 3,
    remote: { packetsLost: 0, jitterMs: 4, roundTripMs: 41 },
  };
}

function recordOf([second, context, message, level = 'info']: Told, offset = 0): CallReportRecord {
  return {
    timestamp: isoOf(RINGING + second, offset),
    level,
    message: message ?? `${context.category} ${context.event}`,
    context,
  };
}

function isoOf(second: number, offset = 0): string {
  return new Date(STARTED + second * 1000 + offset).toISOString();
}

/** A call in which much went wrong: for the eye. */
export function eventfulCall(): CallFile {
  return madeUpCall({
    seconds: 130,
    call: { mos: 3.9, worst: { at: isoOf(RINGING + 44), mos: 2.1 } },
    alice: {
      second: (at) => ({
        ...(at >= 63
          ? { address: '10.64.0.9', networkType: 'cellular', roundTripTime: 0.11 + 0.02 * Math.sin(at) }
          : {}),
        ...(at === 62 ? { absent: 0.6 } : at === 63 ? { absent: 0.8 } : {}),
        ...(at >= 100 && at < 112 ? { enabled: false } : {}),
      }),
      told: [
        [61.9, { category: 'connection', event: 'closed', code: 1006 }, 'The socket closed (1006)', 'warn'],
        [
          62,
          { category: 'connection', event: 'status', status: 'reconnecting', reason: 'socket-closed' },
          'Reconnecting: the socket closed',
          'warn',
        ],
        [62.8, { category: 'media', event: 'restarted' }, 'ICE restarts: the path is dead', 'warn'],
        [
          63.4,
          { category: 'connection', event: 'status', status: 'connected', reason: 'resumed' },
          'Connected: the session goes on',
        ],
        [
          63.5,
          { category: 'ice', event: 'pair', local: 'host udp', remote: 'host udp' },
          'Sound takes a path: host by UDP',
        ],
        [63.6, { category: 'media', event: 'state', state: 'connected' }, 'Sound is connected'],
        [100, { category: 'call', event: 'muted' }, 'Muted'],
        [112, { category: 'call', event: 'unmuted' }, 'Unmuted'],
        [129.9, { category: 'signaling', event: 'sent', method: 'telnyx_rtc.bye' }, 'Sent telnyx_rtc.bye'],
      ],
      seen: [
        [
          130,
          { category: 'signaling', event: 'received', method: 'telnyx_rtc.bye' },
          'Received telnyx_rtc.bye',
        ],
      ],
    },
    bob: {
      clockOffsetMs: 3200,
      second: (at) => ({
        ...(at >= 40 && at < 47 ? { loss: 0.18, jitterMs: 26 } : {}),
        ...(at >= 84 && at < 100 ? { level: 0 } : {}),
      }),
      told: [
        [
          42,
          { category: 'quality', event: 'raised', code: 31003, name: 'high packet loss' },
          'Packet loss is high: 18 %',
          'warn',
        ],
        [
          49,
          { category: 'quality', event: 'cleared', code: 31003, name: 'high packet loss' },
          'Packet loss is back to normal',
        ],
        [
          84.2,
          { category: 'device', event: 'lost', kind: 'audioinput', label: 'USB headset' },
          'The microphone is gone: USB headset',
          'warn',
        ],
        [
          100.1,
          { category: 'device', event: 'changed', kind: 'audioinput', label: 'Built-in microphone' },
          'The microphone is now: Built-in microphone',
        ],
      ],
    },
  });
}

/** Three hours, and as many events as a page may have to show. */
export function longCall(): CallFile {
  const events = Array.from({ length: 5_000 }, (_, nth): Told => [
    nth * 2,
    { category: 'signaling', event: 'sent', method: 'telnyx_rtc.ping', nth },
    'Sent telnyx_rtc.ping',
  ]);
  return madeUpCall({ seconds: 10_800, alice: { told: events }, bob: { seen: events.slice(6), told: [] } });
}

/** It goes on. */
export function liveMadeUpCall(): CallFile {
  const file = madeUpCall({ seconds: 42, call: { id: 'live' } });
  return { ...file, call: goingOn(file.call), legs: file.legs.map(goingOn) };
}

function goingOn<T extends { endedAt?: string; cause?: string; causeCode?: number }>(ended: T): T {
  const going = { ...ended };
  delete going.endedAt;
  delete going.cause;
  delete going.causeCode;
  return going;
}

/** A list of calls. */
export const MADE_UP_CALLS: readonly CallFile['call'][] = [
  liveMadeUpCall().call,
  eventfulCall().call,
  {
    ...madeUpCall({ seconds: 1830 }).call,
    id: 'third',
    caller: 'bob',
    callee: 'carol',
    destination: 'carol',
  },
  {
    id: 'fourth',
    callerName: 'Dana Whitfield',
    callerNumber: '+15550142',
    destination: 'bob',
    caller: 'dana',
    callee: 'bob',
    startedAt: isoOf(-3600),
    endedAt: isoOf(-3560),
    durationSeconds: 0,
    cause: 'NO_ANSWER',
    causeCode: 19,
  },
];
