import type { CallFile, CallFileLeg } from '@parley/protocol';
import { textOf } from '../members.ts';
import { type Occurrence, occurrencesOf } from './occurrence.ts';
import { type GatewayPoint, type QualityPoint, gatewayPoints, qualityOf } from './quality.ts';
import { type Span, joined, stretches } from './span.ts';

/** One side of a call as people see it. Times are seconds since the call began, by the gateway's clock. */
export interface LegView {
  index: number;
  /** Whose it is. */
  name: string;
  leg: CallFileLeg;
  /** From the client's first interval, or the answer, to the end. */
  talk: Span | null;
  happened: readonly Occurrence[];
  quality: readonly QualityPoint[];
  gateway: readonly GatewayPoint[];
  muted: readonly Span[];
  /** By this side or by the other; `holds`: by this side. */
  held: readonly Span[];
  holds: readonly Span[];
  /** Without a connection to the gateway. */
  offline: readonly (Span & { over: boolean })[];
}

export interface CallView {
  file: CallFile;
  legs: readonly LegView[];
  happened: readonly Occurrence[];
  /** Seconds from the call's begin to its end, or as far as it is known. */
  duration: number;
  /** Seconds from the call's begin; null: it was not answered. */
  answered: number | null;
}

export function viewOf(file: CallFile): CallView {
  const start = Date.parse(file.call.startedAt);
  const happened = occurrencesOf(file);
  const qualities = file.legs.map((leg) => qualityOf(leg, start));
  const answeredAt = file.call.answeredAt;
  const answered = answeredAt === undefined ? null : (Date.parse(answeredAt) - start) / 1000;
  const ended = file.call.endedAt === undefined ? null : (Date.parse(file.call.endedAt) - start) / 1000;
  const known = [...happened.map(({ at }) => at), ...qualities.flatMap((points) => points.at(-1)?.to ?? [])];
  const duration = ended ?? known.reduce((most, at) => Math.max(most, at), 1);
  const names = namesOf(file);
  const legs = file.legs.map((leg, index): LegView => {
    const mine = happened.filter((one) => one.leg === index);
    const quality = qualities[index] ?? [];
    const end = leg.endedAt === undefined ? duration : (Date.parse(leg.endedAt) - start) / 1000;
    return {
      index,
      name: names[index] ?? '',
      leg,
      talk: answered === null || end <= answered ? null : { from: answered, to: end },
      happened: mine,
      quality,
      gateway: gatewayPoints(leg, start),
      muted: joined([
        ...toggled(mine, 'call', 'muted', 'unmuted', end),
        ...stretches(quality, ({ track }) => track === 'disabled'),
      ]),
      held: toggled(happened, 'call', 'held', 'unheld', end),
      holds: toggled(mine, 'call', 'held', 'unheld', end),
      offline: offlineOf(mine, end),
    };
  });
  return { file, legs, happened, duration, answered };
}

function namesOf({ legs, call }: CallFile): readonly string[] {
  const names = legs.map(({ user, role }) => {
    if (user !== undefined) return user;
    if (role === 'callee') return call.callee ?? call.destination;
    return call.callerName || call.callerNumber || 'the caller';
  });
  return names.map((name, index) => {
    const nth = names.slice(0, index).filter((other) => other === name).length;
    return nth === 0 ? name : `${name} (${nth + 1})`;
  });
}

function toggled(happened: readonly Occurrence[], category: string, on: string, off: string, end: number) {
  const spans: Span[] = [];
  let since: number | null = null;
  for (const { at, event, category: kind } of happened) {
    if (kind !== category) continue;
    if (event === on) since ??= at;
    if (event === off && since !== null) {
      spans.push({ from: since, to: at });
      since = null;
    }
  }
  if (since !== null) spans.push({ from: since, to: end });
  return joined(spans);
}

const GONE: ReadonlySet<string> = new Set(['reconnecting', 'offline', 'disconnected']);

/** By what the client tells, or, of an official one, by what the gateway saw of its socket. */
function offlineOf(happened: readonly Occurrence[], end: number) {
  const told = happened.filter(({ category, source }) => category === 'connection' && source === 'client');
  const seen = told.length > 0 ? told : happened.filter(({ category }) => category === 'connection');
  const spans: (Span & { over: boolean })[] = [];
  let since: number | null = null;
  for (const { at, event, record } of seen) {
    const status =
      event === 'status' ? textOf(record.context, 'status') || textOf(record.context, 'state') : '';
    if (event === 'closed' || GONE.has(status)) since ??= at;
    const isBack = told.length > 0 ? status === 'connected' : event === 'opened';
    if (isBack && since !== null) {
      spans.push({ from: since, to: at, over: true });
      since = null;
    }
  }
  if (since !== null && since < end - 0.5) spans.push({ from: since, to: end, over: false });
  return spans;
}
