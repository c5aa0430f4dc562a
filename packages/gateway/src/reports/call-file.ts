import type { CallFile, CallFileLeg, CallFileSummary } from '@parley/protocol';
import type { ArchivedCall, ArchivedChunk, ArchivedLeg, ChunkKind } from '../store/archived-calls.ts';
import type { CallReport, Store } from '../store/store.ts';
import { isoTime } from './iso-time.ts';
import { itemsOf } from './leg-record.ts';

/** Who looks: an API key sees everything, a user what its own clients took part in. */
export type Viewer = { kind: 'apiKey'; id: string } | { kind: 'user'; credentialId: string };

/** A call with all that is kept of it, as a reader may see it. */
export interface KeptCall {
  call: ArchivedCall;
  legs: readonly KeptLeg[];
}

export interface KeptLeg {
  leg: ArchivedLeg;
  /** Whether the reader may see more of it than who was in it, and when. */
  isOpen: boolean;
  chunks: readonly ArchivedChunk[];
  reports: readonly CallReport[];
}

export interface CallFilePorts {
  store: Pick<Store, 'callArchive' | 'callReports'>;
  /** Milliseconds of the epoch. */
  now: () => number;
}

const isOpenTo = (viewer: Viewer, leg: ArchivedLeg): boolean =>
  viewer.kind === 'apiKey' || leg.credentialId === viewer.credentialId;

/** @returns whether a call of these legs may be seen at all */
export const maySee = (viewer: Viewer, legs: readonly ArchivedLeg[]): boolean =>
  legs.some((leg) => isOpenTo(viewer, leg));

/** @returns undefined where there is no such call, or none that the reader may see */
export async function keptCall(
  { callArchive, callReports }: CallFilePorts['store'],
  id: string,
  viewer: Viewer,
): Promise<KeptCall | undefined> {
  const call = await callArchive.find(id);
  if (call === undefined) return undefined;
  const archived = await callArchive.legsOf(id);
  if (!maySee(viewer, archived)) return undefined;
  const chunks = await callArchive.chunksOf(id);
  const legs: KeptLeg[] = [];
  for (const leg of archived) {
    legs.push(
      isOpenTo(viewer, leg)
        ? {
            leg,
            isOpen: true,
            chunks: chunks.filter((chunk) => chunk.leg === leg.id),
            reports: await callReports.ofCall(leg.callReportId, leg.callId),
          }
        : { leg, isOpen: false, chunks: [], reports: [] },
    );
  }
  return { call, legs };
}

/** How much of a leg a reader has, and whether it may see more: without what it has. */
export interface ReadLeg {
  isOpen: boolean;
  counts: Readonly<Record<ChunkKind, number>>;
  reports: ReadonlySet<string>;
}

export function readLegOf({ isOpen, chunks, reports }: KeptLeg): ReadLeg {
  const counts = { events: 0, media: 0, debug: 0, debugRows: 0 };
  for (const { kind, body } of chunks) counts[kind] += itemsOf(body).length;
  return { isOpen, counts, reports: new Set(reports.map(({ id }) => id)) };
}

/** @returns the JSON of a `CallFile`; what is JSON already, and may be large, is not parsed for it */
export function toCallFile({ call, legs }: KeptCall, now: number): string {
  const head: Omit<CallFile, 'legs'> = {
    format: 'parley-call',
    version: 1,
    exportedAt: isoTime(now),
    nodeId: call.nodeId,
    call: toSummary(call, now),
  };
  return withMembers(head, { legs: legs.map(toLeg) });
}

export function toSummary(call: ArchivedCall, now: number): CallFileSummary {
  const { callee, answeredAt, endedAt, cause, causeCode, mos, worst } = call;
  const talkedMs = answeredAt === null ? 0 : (endedAt ?? now) - answeredAt;
  return {
    id: call.id,
    callerName: call.callerName,
    callerNumber: call.callerNumber,
    destination: call.destination,
    caller: call.caller,
    ...(callee !== null && { callee }),
    startedAt: isoTime(call.startedAt),
    ...(answeredAt !== null && { answeredAt: isoTime(answeredAt) }),
    ...(endedAt !== null && { endedAt: isoTime(endedAt) }),
    durationSeconds: Math.round(talkedMs) / 1000,
    ...(cause !== null && { cause }),
    ...(causeCode !== null && { causeCode }),
    ...(mos !== null && { mos: rounded(mos) }),
    ...(worst !== null && { worst: { at: isoTime(worst.at), mos: rounded(worst.mos) } }),
  };
}

function toLeg({ leg, isOpen, chunks, reports }: KeptLeg): string {
  const { user, endedAt, cause, causeCode, clockOffsetMs } = leg;
  const head: Omit<CallFileLeg, 'events' | 'media' | 'reports' | 'debug' | 'debugRows'> = {
    ...(isOpen && { callId: leg.callId, callReportId: leg.callReportId }),
    role: leg.role,
    ...(user !== null && { user }),
    startedAt: isoTime(leg.startedAt),
    ...(endedAt !== null && { endedAt: isoTime(endedAt) }),
    ...(cause !== null && { cause }),
    ...(causeCode !== null && { causeCode }),
    ...(isOpen && clockOffsetMs !== null && { clockOffsetMs: Math.round(clockOffsetMs) }),
  };
  const bodiesOf = (kind: ChunkKind) => chunks.filter((chunk) => chunk.kind === kind).map(({ body }) => body);
  return withMembers(head, {
    events: bodiesOf('events'),
    media: bodiesOf('media'),
    reports: reports.map(({ body }) => body),
    debug: bodiesOf('debug'),
    debugRows: bodiesOf('debugRows'),
  });
}

/** @param lists of JSON each */
function withMembers(head: object, lists: Readonly<Record<string, readonly string[]>>): string {
  const members = Object.entries(lists).map(([name, items]) => `"${name}":[${items.join()}]`);
  return `${JSON.stringify(head).slice(0, -1)},${members.join()}}`;
}

const rounded = (mos: number): number => Math.round(mos * 100) / 100;
