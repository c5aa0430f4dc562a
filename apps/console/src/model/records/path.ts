import type { CallReportRow } from '@parley/protocol';
import { memberOf, numberOf, textOf } from '../members.ts';
import type { LegView } from './leg-view.ts';
import { rowsOf } from './quality.ts';
import type { Span } from './span.ts';

/** The candidate pair that a leg's sound took for a while. */
export interface Path extends Span {
  local: string;
  remote: string;
}

export function pathsOf(leg: LegView): readonly Path[] {
  const rows = rowsOf(leg.leg);
  const paths: Path[] = [];
  for (const [index, { ice }] of rows.entries()) {
    const point = leg.quality[index];
    const [local, remote] = [candidateText(memberOf(ice, 'local')), candidateText(memberOf(ice, 'remote'))];
    if (point === undefined || local === '') continue;
    const last = paths.at(-1);
    if (last?.local === local && last.remote === remote) last.to = point.to;
    else paths.push({ from: point.from, to: point.to, local, remote });
  }
  return paths.length > 0 ? paths : pathsTold(leg);
}

/** Of a client that told no rows. */
function pathsTold({ happened, talk }: LegView): readonly Path[] {
  const told = happened.filter(({ category, event }) => category === 'ice' && event === 'pair');
  return told.map(({ at, record }, index) => ({
    from: at,
    to: told[index + 1]?.at ?? talk?.to ?? at,
    local: wordsOf(memberOf(record.context, 'local')),
    remote: wordsOf(memberOf(record.context, 'remote')),
  }));
}

function wordsOf(candidate: unknown): string {
  return typeof candidate === 'string' ? candidate : candidateText(candidate);
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['host', 'direct'],
  ['srflx', 'through a NAT'],
  ['prflx', 'through a NAT'],
  ['relay', 'through a relay'],
]);

/** `192.168.1.20:51234, UDP, direct, wifi` */
function candidateText(candidate: unknown): string {
  const address = textOf(candidate, 'address');
  const port = numberOf(candidate, 'port');
  const type = textOf(candidate, 'candidateType') || textOf(candidate, 'type');
  const relay = textOf(candidate, 'relayProtocol');
  return [
    address === ''
      ? ''
      : port === null
        ? address
        : `${address.includes(':') ? `[${address}]` : address}:${port}`,
    (relay || textOf(candidate, 'protocol')).toUpperCase(),
    TYPES.get(type) ?? type,
    textOf(candidate, 'networkType').replace(/^unknown$/, ''),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** `Opus, 48 kHz, payload type 111`; empty where it is not known. */
export function codecOf(leg: LegView): string {
  const codec = rowsOf(leg.leg)
    .map(codecOfRow)
    .find((found) => textOf(found, 'mimeType') !== '');
  const name = textOf(codec, 'mimeType').replace(/^audio\//, '');
  if (name === '') return '';
  const clockRate = numberOf(codec, 'clockRate');
  const payloadType = numberOf(codec, 'payloadType');
  return [
    name === 'opus' ? 'Opus' : name,
    ...(clockRate === null ? [] : [`${clockRate / 1000} kHz`]),
    ...(payloadType === null ? [] : [`payload type ${payloadType}`]),
  ].join(', ');
}

function codecOfRow({ audio }: CallReportRow): unknown {
  return memberOf(audio.inbound, 'codec') ?? memberOf(audio.outbound, 'codec');
}
