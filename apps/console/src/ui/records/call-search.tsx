import { type SubmitEvent, useId, useState } from 'react';
import { ALL_CALLS, type Search } from '../../model/records/call-list.ts';

export interface CallSearchProps {
  search: Search;
  busy: boolean;
  onSearch: (search: Search) => void;
}

/** Causes that people look for; the gateway has more, and finds a call by any of them by its name. */
const CAUSES: readonly { cause: string; label: string }[] = [
  { cause: 'NORMAL_CLEARING', label: 'Hung up' },
  { cause: 'ORIGINATOR_CANCEL', label: 'Cancelled' },
  { cause: 'NO_ANSWER', label: 'No answer' },
  { cause: 'USER_BUSY', label: 'Busy or declined' },
  { cause: 'SUBSCRIBER_ABSENT', label: 'Not signed in' },
  { cause: 'UNALLOCATED_NUMBER', label: 'Nobody by that name' },
  { cause: 'RECOVERY_ON_TIMER_EXPIRE', label: 'Connection lost' },
  { cause: 'SWITCH_CONGESTION', label: 'No room' },
];

const QUALITIES = ['2', '2.5', '3', '3.5', '4'] as const;

export function CallSearch({ search, busy, onSearch }: CallSearchProps) {
  const [typed, setTyped] = useState(search);
  const set = (change: Partial<Search>) => setTyped({ ...typed, ...change });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSearch({ ...typed, page: 1 });
  };
  const clear = () => {
    setTyped(ALL_CALLS);
    onSearch(ALL_CALLS);
  };
  const isNarrowed = Object.entries(search).some(([name, value]) => name !== 'page' && value !== '');
  return (
    <form className="call-search" role="search" aria-label="Calls" onSubmit={submit} noValidate>
      <div className="call-search-main">
        <Field label="User" value={typed.user} onType={(user) => set({ user })} />
        <Field label="Number or destination" value={typed.number} onType={(number) => set({ number })} />
        <button type="submit" className="button" aria-disabled={busy}>
          Search
        </button>
      </div>
      <details className="advanced">
        <summary>More to search by</summary>
        <div className="call-search-more">
          <Field label="From" type="datetime-local" value={typed.from} onType={(from) => set({ from })} />
          <Field label="To" type="datetime-local" value={typed.to} onType={(to) => set({ to })} />
          <Choice label="Ended" value={typed.cause} onChoose={(cause) => set({ cause })} all="In any way">
            {CAUSES.map(({ cause, label }) => [cause, label])}
          </Choice>
          <Choice
            label="Quality at most"
            value={typed.maxMos}
            onChoose={(maxMos) => set({ maxMos })}
            all="Any"
          >
            {QUALITIES.map((value) => [value, value])}
          </Choice>
          <Choice
            label="Quality at least"
            value={typed.minMos}
            onChoose={(minMos) => set({ minMos })}
            all="Any"
          >
            {QUALITIES.map((value) => [value, value])}
          </Choice>
          <Field label="Call id" value={typed.callId} onType={(callId) => set({ callId })} />
        </div>
      </details>
      {isNarrowed && (
        <button type="button" className="link" onClick={clear}>
          Show all calls
        </button>
      )}
    </form>
  );
}

interface FieldProps {
  label: string;
  value: string;
  type?: 'text' | 'datetime-local';
  onType: (value: string) => void;
}

function Field({ label, value, type = 'text', onType }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        onChange={(event) => onType(event.target.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  /** Said for no choice. */
  all: string;
  onChoose: (value: string) => void;
  /** Values, and what is said for them. */
  children: readonly (readonly [value: string, label: string])[];
}

function Choice({ label, value, all, onChoose, children }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{all}</option>
        {children.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
