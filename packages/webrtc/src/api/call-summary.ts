import type { CallReportSummary } from '@parley/protocol';

import type { Call } from './call.ts';
import type { IClientOptions } from './options.ts';
import { VERSION } from './version.ts';

export interface CallTimes {
  /** Milliseconds of the epoch. */
  readonly startedAt: number;
  /** undefined: it was not answered. */
  readonly answeredAt: number | undefined;
  /** The end, or now. */
  readonly endedAt: number;
}

/** From the answer to the end, in seconds. */
export function durationOf({ answeredAt, endedAt }: CallTimes): number {
  return answeredAt === undefined ? 0 : Math.max(0, endedAt - answeredAt) / 1000;
}

export function summaryOf(
  call: Call,
  times: CallTimes,
  options: IClientOptions,
  server: string,
): CallReportSummary {
  const { cause, causeCode, direction, id, sipCode, state, telnyxIDs } = call;
  const { callerNumber = '', destinationNumber = '', remoteCallerNumber = '' } = call.options;
  const { telnyxLegId, telnyxSessionId } = telnyxIDs;
  return {
    callId: id,
    direction,
    state,
    destinationNumber,
    callerNumber: direction === 'inbound' ? remoteCallerNumber : callerNumber,
    ...(telnyxSessionId && { telnyxSessionId }),
    ...(telnyxLegId && { telnyxLegId }),
    sdkVersion: VERSION,
    durationSeconds: durationOf(times),
    startTimestamp: new Date(times.startedAt).toISOString(),
    endTimestamp: new Date(times.endedAt).toISOString(),
    ...(cause !== undefined && { cause }),
    ...(causeCode !== undefined && { causeCode }),
    ...(sipCode !== undefined && { sipCode }),
    clientSummary: clientSummaryOf(options, server),
  };
}

/** Named one by one: among the options are secrets. */
function clientSummaryOf(options: IClientOptions, server: string): Readonly<Record<string, unknown>> {
  const { forceRelayCandidate, hangupOnBeforeUnload, keepConnectionAliveOnSocketClose } = options;
  const { autoReconnect, maxReconnectAttempts, mutedMicOnStart, prefetchIceCandidates } = options;
  const { anonymous_login: visitor, iceServers, login_token, region, rtcIp, rtcPort, trickleIce } = options;
  const type = visitor ? 'anonymous_login' : login_token ? 'login_token' : 'login_password';
  return {
    authentication: {
      type,
      ...(visitor && { anonymousLogin: { targetType: visitor.target_type, targetId: visitor.target_id } }),
    },
    connection: {
      ...{ host: hostOf(server), region, rtcIp, rtcPort, autoReconnect, maxReconnectAttempts },
      ...{ keepConnectionAliveOnSocketClose, hangupOnBeforeUnload },
    },
    media: {
      ...{ forceRelayCandidate, mutedMicOnStart, prefetchIceCandidates, trickleIce },
      iceServers: iceServers?.map(({ credential, urls, username }) => ({
        urls,
        hasUsername: username !== undefined,
        hasCredential: credential !== undefined,
      })),
    },
  };
}

/** An address can have credentials in it, and a query. */
function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : '';
}
