import { type SubmitEvent, useId, useState } from 'react';
import { useConsole } from './console-context.ts';
import { Icon } from './icon.tsx';
import { Keypad } from './keypad.tsx';

/** Plays back what it hears. */
const ECHO = 'echo';

export interface DialerProps {
  /** Why nobody can be called now; empty where they can. */
  closed: string;
  /** Who goes on hold when somebody is called. */
  holds: string;
}

export function Dialer({ closed, holds }: DialerProps) {
  const { phone } = useConsole();
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const field = useId();
  const hint = useId();

  const change = (text: string) => {
    setTyped(text);
    setProblem('');
  };
  const dial = (destination: string) => {
    if (closed !== '') return;
    if (destination.trim() === '') {
      setProblem('Give a name or a number first.');
    } else {
      phone.dial(destination);
      change('');
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    dial(typed);
  };

  return (
    <section className="dialer panel" aria-labelledby="dialer-heading">
      <h2 id="dialer-heading" tabIndex={-1}>
        Call somebody
      </h2>
      <form onSubmit={submit} noValidate>
        <label htmlFor={field}>Name or number</label>
        <div className="dial-field">
          <input
            id={field}
            data-dial-field
            type="text"
            value={typed}
            onChange={(event) => change(event.target.value)}
            aria-describedby={hint}
            aria-invalid={problem !== ''}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="go"
            maxLength={128}
          />
          {typed !== '' && (
            <button
              type="button"
              className="icon-button"
              aria-label="Delete the last character"
              onClick={() => change([...typed].slice(0, -1).join(''))}
            >
              <Icon name="erase" />
            </button>
          )}
        </div>
        <p id={hint} className="hint" data-problem={problem !== '' || undefined}>
          {problem !== '' ? problem : hintText(closed, holds)}
        </p>
        <Keypad label="Dial pad" onDigit={(digit) => change(typed + digit)} />
        <button type="submit" className="button button-go button-wide" aria-disabled={closed !== ''}>
          <Icon name="call" />
          Call
        </button>
      </form>
      <p className="try-echo">
        Try it alone:{' '}
        <button type="button" className="link" aria-disabled={closed !== ''} onClick={() => dial(ECHO)}>
          call echo
        </button>
        , which plays back what it hears.
      </p>
    </section>
  );
}

function hintText(closed: string, holds: string): string {
  if (closed !== '') return closed;
  return holds === '' ? '' : `A new call puts ${holds} on hold.`;
}
