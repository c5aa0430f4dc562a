import { memo, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { LegView } from '../../model/records/leg-view.ts';
import { CATEGORIES, type Category, type Occurrence } from '../../model/records/occurrence.ts';
import {
  EVERYTHING,
  PAGE_ROWS,
  type TimelineFilter,
  filtered,
  pageAround,
  preciseMoment,
  rowAt,
} from '../../model/records/timeline.ts';
import { Icon } from '../icon.tsx';
import type { Cursor } from './cursor.ts';

export interface TimelineProps {
  happened: readonly Occurrence[];
  legs: readonly LegView[];
  /** The moment to show, and what to mark there; another object each time that it is asked for. */
  shown: Shown | null;
  cursor: Cursor;
}

export interface Shown {
  at: number;
  records: readonly string[];
}

const LABELS: Record<Category, string> = {
  signaling: 'Signaling',
  connection: 'Connection',
  ice: 'ICE',
  media: 'Media',
  device: 'Devices',
  call: 'Call',
  quality: 'Quality',
  log: 'Log',
};

export const Timeline = memo(function Timeline({ happened, legs, shown, cursor }: TimelineProps) {
  const [filter, setFilter] = useState(EVERYTHING);
  const rows = useMemo(() => filtered(happened, filter), [happened, filter]);
  const marked = useMemo(() => markedRows(rows, shown), [rows, shown]);
  const [page, setPage] = useState({ from: 0, to: PAGE_ROWS });
  const list = useRef<HTMLOListElement>(null);
  const first = marked.values().next().value;

  useEffect(() => {
    const index = rows.findIndex(({ id }) => id === first);
    if (index === -1) return;
    setPage((now) => (index >= now.from && index < now.to ? now : pageAround(index, rows.length)));
  }, [first, rows, shown]);

  useEffect(() => {
    const row = list.current?.querySelector('[data-marked]');
    if (row instanceof HTMLElement && list.current !== null) {
      list.current.scrollTop = row.offsetTop - list.current.clientHeight / 3;
    }
  }, [first, page, shown]);

  const narrow = (next: TimelineFilter) => {
    setFilter(next);
    setPage({ from: 0, to: PAGE_ROWS });
  };
  return (
    <section className="timeline" aria-labelledby="timeline-heading">
      <h2 id="timeline-heading">Timeline</h2>
      <TimelineFilters filter={filter} happened={happened} legs={legs} onFilter={narrow} />
      <p className="hint" role="status">
        {rows.length === happened.length
          ? `${rows.length} events`
          : `${rows.length} of ${happened.length} events`}
      </p>
      <ol ref={list} className="timeline-rows" onPointerLeave={() => cursor.set(null)}>
        {page.from > 0 && (
          <li className="timeline-more">
            <button
              type="button"
              className="link"
              onClick={() => setPage({ ...page, from: Math.max(0, page.from - PAGE_ROWS) })}
            >
              Show earlier events ({page.from})
            </button>
          </li>
        )}
        {rows.slice(page.from, page.to).map((row) => (
          <TimelineRow
            key={row.id}
            row={row}
            name={legs[row.leg]?.name ?? ''}
            isMarked={marked.has(row.id)}
            cursor={cursor}
          />
        ))}
        {page.to < rows.length && (
          <li className="timeline-more">
            <button
              type="button"
              className="link"
              onClick={() => setPage({ ...page, to: page.to + PAGE_ROWS })}
            >
              Show later events ({rows.length - page.to})
            </button>
          </li>
        )}
      </ol>
    </section>
  );
});

function markedRows(rows: readonly Occurrence[], shown: Shown | null): ReadonlySet<string> {
  if (shown === null) return new Set();
  const asked = new Set(shown.records);
  const told = rows.filter(({ id }) => asked.has(id)).map(({ id }) => id);
  const nearest = rows[rowAt(rows, shown.at)];
  return new Set(told.length > 0 || nearest === undefined ? told : [nearest.id]);
}

interface TimelineFiltersProps {
  filter: TimelineFilter;
  happened: readonly Occurrence[];
  legs: readonly LegView[];
  onFilter: (filter: TimelineFilter) => void;
}

function TimelineFilters({ filter, happened, legs, onFilter }: TimelineFiltersProps) {
  const there = useMemo(() => new Set(happened.map(({ category }) => category)), [happened]);
  const words = useId();
  const side = useId();
  const toggle = (category: Category) => {
    const categories = new Set(filter.categories);
    if (!categories.delete(category)) categories.add(category);
    onFilter({ ...filter, categories });
  };
  return (
    <div className="timeline-filters">
      <div className="chips" role="group" aria-label="Kinds of events">
        {CATEGORIES.filter((category) => there.has(category)).map((category) => (
          <button
            key={category}
            type="button"
            className="chip"
            aria-pressed={filter.categories.has(category)}
            onClick={() => toggle(category)}
          >
            {LABELS[category]}
          </button>
        ))}
        <button
          type="button"
          className="chip"
          aria-pressed={filter.troubles}
          onClick={() => onFilter({ ...filter, troubles: !filter.troubles })}
        >
          Only troubles
        </button>
      </div>
      <div className="timeline-search">
        <label htmlFor={words} className="visually-hidden">
          Words in the timeline
        </label>
        <input
          id={words}
          type="search"
          placeholder="Find words"
          value={filter.words}
          onChange={(event) => onFilter({ ...filter, words: event.target.value })}
        />
        <label htmlFor={side} className="visually-hidden">
          Side
        </label>
        <select
          id={side}
          value={filter.leg ?? ''}
          onChange={({ target }) =>
            onFilter({ ...filter, leg: target.value === '' ? null : Number(target.value) })
          }
        >
          <option value="">Both sides</option>
          {legs.map(({ index, name }) => (
            <option key={index} value={index}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

interface TimelineRowProps {
  row: Occurrence;
  name: string;
  isMarked: boolean;
  cursor: Cursor;
}

const TimelineRow = memo(function TimelineRow({ row, name, isMarked, cursor }: TimelineRowProps) {
  const { at, leg, source, category, level, text, record } = row;
  const isBad = level === 'warn' || level === 'error';
  return (
    <li
      className="timeline-row"
      data-level={level}
      data-marked={isMarked || undefined}
      onPointerEnter={() => cursor.set(at)}
      onFocus={() => cursor.set(at)}
    >
      <details>
        <summary>
          <time dateTime={record.timestamp} title={record.timestamp}>
            {preciseMoment(at)}
          </time>
          <span className="leg-name" data-leg={leg % 2}>
            {name}
          </span>
          <span className="timeline-kind">{LABELS[category]}</span>
          <span className="timeline-text">
            {isBad && <Icon name="warning" />}
            {isBad && <span className="visually-hidden">{level === 'warn' ? 'Warning: ' : 'Error: '}</span>}
            {text}
          </span>
        </summary>
        <Particulars row={row} source={source === 'gateway' ? 'the gateway' : `${name}’s client`} />
      </details>
    </li>
  );
});

function Particulars({ row, source }: { row: Occurrence; source: string }) {
  const { record } = row;
  return (
    <div className="timeline-context">
      <p>
        {record.timestamp}, told by {source}
        {record.message.trim() !== row.text && record.message.trim() !== '' && `: ${record.message.trim()}`}
      </p>
      {record.context !== undefined && <pre tabIndex={0}>{JSON.stringify(record.context, null, 2)}</pre>}
    </div>
  );
}
