import { useId, useState } from 'react';
import { type FaultChoice, SECONDS_HINT, parseSeconds } from '../model/faults.ts';

export interface FaultRowProps<Name extends string> {
  choice: FaultChoice<Name>;
  /** Why it cannot be made now; empty where it can. */
  closed: string;
  /** Seconds that it still lasts; null while it does not. */
  left: number | null;
  onMake: (name: Name, seconds: number | null) => void;
}

export function FaultRow<Name extends string>({ choice, closed, left, onMake }: FaultRowProps<Name>) {
  const { name, sentence, seconds: usual } = choice;
  const [typed, setTyped] = useState(String(usual ?? ''));
  const ids = { sentence: useId(), reason: useId() };
  const seconds = usual === null ? null : parseSeconds(typed);
  const reason = seconds === undefined ? SECONDS_HINT : closed;
  const make = () => {
    if (closed === '' && seconds !== undefined) onMake(name, seconds);
  };
  return (
    <li className="fault">
      <button
        type="button"
        className="button"
        aria-disabled={reason !== ''}
        aria-describedby={`${ids.sentence} ${ids.reason}`}
        onClick={make}
      >
        {name}
      </button>
      <p className="fault-text">
        <span id={ids.sentence}>{sentence}</span>{' '}
        {left === null ? (
          <span id={ids.reason} className="hint" data-problem={seconds === undefined || undefined}>
            {reason}
          </span>
        ) : (
          <span className="hint" role="timer">
            {left} s left
          </span>
        )}
      </p>
      {usual !== null && (
        <label className="fault-seconds">
          <input
            inputMode="numeric"
            aria-label={`Seconds of ${name}`}
            aria-invalid={seconds === undefined}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            maxLength={3}
          />
          <span aria-hidden="true">s</span>
        </label>
      )}
    </li>
  );
}
