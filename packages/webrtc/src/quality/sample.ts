/** One entry of a browser's statistics: the members that W3C webrtc-stats names, as far as this browser has them. */
export type Stats = Readonly<Record<string, unknown>>;

/** What a browser has counted of one peer connection up to a moment, of its one audio stream each way. */
export interface Sample {
  /** Milliseconds of the epoch. */
  readonly at: number;
  readonly inbound?: Stats | undefined;
  readonly outbound?: Stats | undefined;
  /** What the far end reports by RTCP of what it receives. */
  readonly remoteInbound?: Stats | undefined;
  /** And of what it sends. */
  readonly remoteOutbound?: Stats | undefined;
  readonly inboundCodec?: Stats | undefined;
  readonly outboundCodec?: Stats | undefined;
  /** What the microphone gives. */
  readonly source?: Stats | undefined;
  readonly playout?: Stats | undefined;
  readonly transport?: Stats | undefined;
  /** The pair of candidates in use. */
  readonly pair?: Stats | undefined;
  readonly local?: Stats | undefined;
  readonly remote?: Stats | undefined;
}

/** The part of `RTCStatsReport` that is used. */
export interface StatsReport {
  forEach(visit: (entry: Stats) => void): void;
}

export function readSample(report: StatsReport, at: number): Sample {
  const byId = new Map<unknown, Stats>();
  const audio = new Map<unknown, Stats>();
  let pair: Stats | undefined;
  report.forEach((entry) => {
    const { id, type } = entry;
    byId.set(id, entry);
    // Firefox has no transport, and says of the pair itself that it is in use.
    if (type === 'candidate-pair' && entry['selected'] === true) pair = entry;
    if (entry['kind'] === 'audio' || !('kind' in entry)) audio.set(type, entry);
  });
  const linked = (entry: Stats | undefined, name: string) => byId.get(entry?.[name]);
  const transport = audio.get('transport');
  const inbound = audio.get('inbound-rtp');
  const outbound = audio.get('outbound-rtp');
  pair = linked(transport, 'selectedCandidatePairId') ?? pair;
  return {
    at,
    inbound,
    outbound,
    remoteInbound: audio.get('remote-inbound-rtp'),
    remoteOutbound: audio.get('remote-outbound-rtp'),
    inboundCodec: linked(inbound, 'codecId'),
    outboundCodec: linked(outbound, 'codecId'),
    source: linked(outbound, 'mediaSourceId') ?? audio.get('media-source'),
    playout: linked(inbound, 'playoutId') ?? audio.get('media-playout'),
    transport,
    pair,
    local: linked(pair, 'localCandidateId'),
    remote: linked(pair, 'remoteCandidateId'),
  };
}

export function numberOf(entry: Stats | undefined, name: string): number | undefined {
  const value = entry?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What was counted between two moments; where the stream is another one, what was counted of it so far. */
export function increase(from: Stats | undefined, to: Stats | undefined, name: string): number | undefined {
  const now = numberOf(to, name);
  if (now === undefined) return undefined;
  const before = from?.['id'] === to?.['id'] ? numberOf(from, name) : undefined;
  return before === undefined || before > now ? now : now - before;
}
