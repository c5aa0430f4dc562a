import { PassThrough } from 'node:stream';
import type { Clock } from '../ports.ts';
import type { CallHistory } from '../reports/call-history.ts';
import type { CallNews } from '../reports/call-news.ts';
import { countOf, type KeptCall, toCallFile, toSummary } from '../reports/call-file.ts';
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
  const kept = await readWhole().catch((error: unknown) => {
    stop?.();
    throw error;
  });
  if (kept === undefined) {
    stop?.();
    return null;
  }
  const stream = new PassThrough();
  const reports = kept.legs.map((leg) => new Set(leg.reports.map((report) => report.id)));
  let callOffBeat = (): void => undefined;
  stream.once('close', () => {
    stop?.();
    callOffBeat();
  });
  tell('file', `"file":${toCallFile(kept, clock.now())}`);
  take = (news) => {
    takeNews(kept, news);
  };
  if (stop === null) stream.end();
  else beat();
  for (const news of early) take(news);
  return stream;

  async function readWhole(): Promise<KeptCall | undefined> {
    await history.writeNow(id);
    return await read();
  }

  function tell(type: string, members: string): void {
    if (stream.writableEnded || stream.destroyed) return;
    if (stream.writableLength > mostBehind) stream.destroy();
    else stream.write(`event: ${type}\ndata: {"type":"${type}",${members}}\n\n`);
  }

  function beat(): void {
    callOffBeat = clock.after(beatMs, () => {
      if (!stream.writableEnded && !stream.destroyed) stream.write(':\n\n');
      beat();
    });
  }

  function takeNews({ legs }: KeptCall, news: CallNews): void {
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
        if (leg?.isOpen !== true || news.index < countOf(leg, news.kind)) return;
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
