import { isRecord, rate } from '@parley/protocol';
import type { Ratings } from '../store/archived-calls.ts';

const worstMos = 1;
const bestMos = 4.5;

/**
 * How good a call was by the rows of a report: a row that does not say so itself, as those of official clients, is rated
 * by what has changed since the row before.
 *
 * @param toGatewayTime of what the client's clock told; null for a time that cannot be, whose row tells nothing
 * @returns null where no row tells
 */
export function ratingsOf(report: unknown, toGatewayTime: (at: number) => number | null): Ratings | null {
  const rows = isRecord(report) && Array.isArray(report['stats']) ? report['stats'].filter(isRecord) : [];
  const rated = rows.flatMap((row, index) => {
    const mos = mosOfRow(row, rows[index - 1]);
    const toldAt = Date.parse(String(row['intervalEndUtc']));
    const at = Number.isFinite(toldAt) ? toGatewayTime(toldAt) : null;
    return mos === null || at === null ? [] : [{ at, mos }];
  });
  const [first, ...others] = rated;
  if (first === undefined) return null;
  return {
    seconds: rated.length,
    sum: rated.reduce((sum, { mos }) => sum + mos, 0),
    worst: others.reduce((worst, row) => (row.mos < worst.mos ? row : worst), first),
  };
}

type Row = Readonly<Record<string, unknown>>;

function mosOfRow(row: Row, before: Row | undefined): number | null {
  const told = numberAt(row, 'quality', 'mos');
  if (told !== null) return told >= worstMos && told <= bestMos ? told : null;
  if (before === undefined) return null;
  const received = difference(row, before, 'packetsReceived');
  const lost = difference(row, before, 'packetsLost');
  const due = received + Math.max(0, lost);
  if (received < 0 || due <= 0) return null;
  const codec = String(at(row, 'audio', 'inbound', 'codec', 'mimeType')).toLowerCase();
  return rate({
    codec: /pcm[au]/.test(codec) ? 'g711' : 'opus',
    loss: Math.max(0, lost) / due,
    jitter: (numberAt(row, 'audio', 'inbound', 'jitterAvg') ?? 0) / 1000,
    roundTripTime:
      numberAt(row, 'connection', 'roundTripTimeAvg') ??
      numberAt(row, 'connection', 'currentRoundTripTime') ??
      0,
  }).mos;
}

function difference(row: Row, before: Row, counter: string): number {
  const [is, was] = [
    numberAt(row, 'audio', 'inbound', counter),
    numberAt(before, 'audio', 'inbound', counter),
  ];
  return is === null || was === null ? 0 : is - was;
}

function numberAt(row: Row, ...path: readonly string[]): number | null {
  const value = at(row, ...path);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function at(row: Row, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), row);
}
