import { PassThrough } from 'node:stream';
import type { Clock } from '../ports.ts';
import type { CallHistory } from '../reports/call-history.ts';
import type { CallNews } from '../reports/call-news.ts';
import { type KeptCall, readLegOf, toCallFile, toSummary } from '../reports/call-file.ts';
import { isoTime } from '../reports/iso-time.ts';
import type { ChunkKind } from '../store/archived-calls.ts';

export interface CallStreamPorts {
  history: Pick<CallHistory, 'listen' | 'writeNow'>;
  clock: Pick<Clock, 'after' | 'now'>;
}

/** A proxy that hears nothing for longer takes the stream for dead. */
const beatMs = 15_000;
/** A reader that is so far behind is let go; it may come again. */
const mostBehind = 8 * 1_048_576;

const nameOf = {
  events: { type: 'event', member: 'event' },
  media: { type: 'media', member: 'sample' },
  debug: { type: 'debug', member: 'record' },
  debugRows: { type: 'debugRow', member: 'row' },
} as const satisfies Record<ChunkKind, object>;

/**
 * Tells a call as server-sent events: first the file, then what is new, each a `CallFileUpdate`. Ends when nothing is to
 * come any more.
 *
 * @param read the call from the store, as the reader may see it
 * @returns null where there is no such call
 */
export async function openCallStream(
  { history, clock }: CallStreamPorts,
  id: string,
  read: () => Promise<KeptCall | undefined>,
): Promise<PassThrough | null> {
  const early: CallNews[] = [];
  let take = (news: CallNews): void => void early.push(news);
  const stop = history.listen(id, (news) => {
    take(news);
  });
  const opened = await readWhole().catch((error: unknown) => {
    stop?.();
    throw error;
  });
  if (opened === null) {
    stop?.();
    return null;
  }
  // What the functions below use lives as long as the stream: never the call itself, which may be large.
  const { file, legs } = opened;
  const stream = new PassThrough();
  const reports = legs.map((leg) => new Set(leg.reports));
  /** Of the file, as long as nobody has begun to read it. */
  let unreadFile = 0;
  let callOffBeat = (): void => undefined;
  stream.once('close', () => {
    stop?.();
    callOffBeat();
  });
  stream.write(eventOf('file', `"file":${file}`), () => {
    unreadFile = 0;
  });
  unreadFile = stream.writableLength;
  take = takeNews;
  if (stop === null) stream.end();
  else beat();
  for (const news of early) take(news);
  return stream;

  async function readWhole() {
    await history.writeNow(id);
    const kept = await read();
    return kept === undefined
      ? null
      : { file: toCallFile(kept, clock.now()), legs: kept.legs.map(readLegOf) };
  }

  function tell(type: string, members: string): void {
    if (stream.writableEnded || stream.destroyed) return;
    if (stream.writableLength - unreadFile > mostBehind) stream.destroy();
    else stream.write(eventOf(type, members));
  }

  function beat(): void {
    callOffBeat = clock.after(beatMs, () => {
      if (!stream.writableEnded && !stream.destroyed) stream.write(':\n\n');
      beat();
    });
  }

  function takeNews(news: CallNews): void {
    switch (news.type) {
      case 'call':
        tell('call', `"call":${JSON.stringify(toSummary(news.call, clock.now()))}`);
        return;
      case 'legEnded': {
        const { endedAt, cause, causeCode } = news.leg;
        const end = { leg: news.place, endedAt: isoTime(endedAt ?? 0), cause, causeCode };
        tell('leg', JSON.stringify(end).slice(1, -1));
        return;
      }
      case 'item': {
        const leg = legs[news.place];
        if (leg?.isOpen !== true || news.index < leg.counts[news.kind]) return;
        const { type, member } = nameOf[news.kind];
        tell(type, `"leg":${String(news.place)},"index":${String(news.index)},"${member}":${news.json}`);
        return;
      }
      case 'report': {
        const known = reports[news.place];
        if (legs[news.place]?.isOpen !== true || known === undefined || known.has(news.id)) return;
        tell('report', `"leg":${String(news.place)},"index":${String(known.size)},"report":${news.json}`);
        known.add(news.id);
        return;
      }
      case 'over':
        stream.end();
        return;
    }
  }
}

const eventOf = (type: string, members: string): string =>
  `event: ${type}\ndata: {"type":"${type}",${members}}\n\n`;
