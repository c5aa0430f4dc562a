import type { CallFileSummary } from '@parley/protocol';
import { useEffect, useRef } from 'react';
import { type CallList, type Search, renewMs } from '../../model/records/call-list.ts';
import { outcomeOf } from '../../model/records/end-words.ts';
import { lengthOf, momentOf } from '../../model/records/finding.ts';
import { callFragment } from '../../model/route.ts';
import { NoticeBox } from '../notice-box.tsx';
import { CallSearch } from './call-search.tsx';

export interface CallsProps {
  list: Extract<CallList, { status: 'open' }>;
  onSearch: (search: Search) => void;
  /** Asks once more, and nobody waits for it. */
  onRenew: () => void;
  onForget: () => void;
}

export function Calls({ list, onSearch, onRenew, onForget }: CallsProps) {
  const { calls, search, isAsking, problem, total, pages } = list;
  const everyMs = renewMs(list);
  const renew = useRef(onRenew);
  renew.current = onRenew;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') renew.current();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return (
    <section className="panel calls-found" aria-labelledby="list-heading">
      <div className="calls-head">
        <h2 id="list-heading">Calls of the gateway</h2>
        <button type="button" className="link" onClick={onForget}>
          Change access
        </button>
      </div>
      <CallSearch search={search} busy={isAsking} onSearch={onSearch} />
      {problem !== '' && (
        <div role="alert">
          <NoticeBox tone="error" sentence={{ what: problem, todo: '' }} />
        </div>
      )}
      <p className="hint" role="status">
        {isAsking ? 'Searching…' : countText(total)}
      </p>
      <ol className="call-lines">
        {calls.map((call) => (
          <CallLine key={call.id} call={call} />
        ))}
      </ol>
      {pages > 1 && (
        <nav className="pager" aria-label="Pages">
          <PageButton label="Newer" to={search.page - 1} pages={pages} search={search} onSearch={onSearch} />
          <span>
            Page {search.page} of {pages}
          </span>
          <PageButton label="Older" to={search.page + 1} pages={pages} search={search} onSearch={onSearch} />
        </nav>
      )}
    </section>
  );
}

function countText(total: number): string {
  if (total === 0) return 'No calls.';
  return total === 1 ? '1 call' : `${total} calls, the newest first`;
}

function CallLine({ call }: { call: CallFileSummary }) {
  const { id, caller, callee, destination, startedAt, answeredAt, endedAt, durationSeconds, mos, worst } =
    call;
  const started = new Date(startedAt);
  const isLive = endedAt === undefined;
  return (
    <li className="call-line" data-live={isLive || undefined}>
      <div className="call-line-who">
        <a href={callFragment(id)}>
          {caller || call.callerName || call.callerNumber} called {callee ?? destination}
        </a>{' '}
        {isLive && <span className="live-mark">Live</span>}
        <p>{outcomeOf(call)}</p>
      </div>
      <time className="call-line-when" dateTime={startedAt}>
        {started.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}
      </time>
      <p className="call-line-length">
        <span className="visually-hidden">Talked for </span>
        {answeredAt === undefined ? '–' : lengthOf(durationSeconds)}
      </p>
      <p className="call-line-quality" data-bad={(mos ?? 5) < 3.1 || undefined}>
        {mos !== undefined && (
          <>
            <span>Quality {mos.toFixed(1)}</span>
            {worst !== undefined && (
              <small>
                worst {worst.mos.toFixed(1)} at {momentOf((Date.parse(worst.at) - started.getTime()) / 1000)}
              </small>
            )}
          </>
        )}
      </p>
    </li>
  );
}

interface PageButtonProps {
  label: string;
  to: number;
  pages: number;
  search: Search;
  onSearch: (search: Search) => void;
}

function PageButton({ label, to, pages, search, onSearch }: PageButtonProps) {
  const isThere = to >= 1 && to <= pages;
  return (
    <button
      type="button"
      className="button"
      aria-disabled={!isThere}
      onClick={() => isThere && onSearch({ ...search, page: to })}
    >
      {label}
    </button>
  );
}
