import { type SubmitEvent, useId, useRef, useState } from 'react';
import { type Access, authorizationOf, missingOf } from '../../model/records/access.ts';
import { usePhoneState } from '../console-context.ts';
import { NoticeBox } from '../notice-box.tsx';

export interface AccessFormProps {
  busy: boolean;
  problem: string;
  onAccess: (authorization: string) => void;
}

const KINDS: readonly { kind: Access['kind']; label: string }[] = [
  { kind: 'password', label: 'Password' },
  { kind: 'token', label: 'Token' },
  { kind: 'api-key', label: 'API key' },
];

const HINTS: Record<Access['kind'], string> = {
  password: 'Shows the calls of this user.',
  token: 'A login token shows the calls of its user.',
  'api-key': 'Shows the calls of everybody. npm start prints one.',
};

/** Asks who looks at calls. What is given stays in the memory of the page. */
export function AccessForm({ busy, problem, onAccess }: AccessFormProps) {
  const { settings } = usePhoneState();
  const [kind, setKind] = useState<Access['kind']>('password');
  const [missing, setMissing] = useState('');
  const [user, setUser] = useState(settings.user);
  // Never in React's state, which would write it into the page as an attribute.
  const secret = useRef<HTMLInputElement>(null);
  const ids = { user: useId(), secret: useId(), hint: useId() };
  const label = KINDS.find((one) => one.kind === kind)?.label ?? '';

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const access = accessOf(kind, user, secret.current?.value ?? '');
    const lacks = missingOf(access);
    setMissing(lacks);
    if (lacks !== '') return;
    if (secret.current !== null) secret.current.value = '';
    onAccess(authorizationOf(access));
  };
  const wrong = missing || problem;
  return (
    <section className="panel access" aria-labelledby="access-heading">
      <h2 id="access-heading">Calls of the gateway</h2>
      <form onSubmit={submit} noValidate>
        {wrong !== '' && (
          <div role="alert">
            <NoticeBox tone="error" sentence={{ what: wrong, todo: '' }} />
          </div>
        )}
        <fieldset className="methods">
          <legend>Show calls by</legend>
          {KINDS.map((one) => (
            <label key={one.kind}>
              <input
                type="radio"
                name="access"
                checked={one.kind === kind}
                onChange={() => {
                  setKind(one.kind);
                  setMissing('');
                }}
              />
              <span>{one.label}</span>
            </label>
          ))}
        </fieldset>
        {kind === 'password' && (
          <div className="field">
            <label htmlFor={ids.user}>User name</label>
            <input
              id={ids.user}
              value={user}
              onChange={(event) => setUser(event.target.value)}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor={ids.secret}>{label}</label>
          <input
            key={kind}
            ref={secret}
            id={ids.secret}
            type="password"
            autoComplete={kind === 'password' ? 'current-password' : 'off'}
            aria-describedby={ids.hint}
          />
        </div>
        <p id={ids.hint} className="hint">
          {HINTS[kind]} It stays in the memory of this page, and goes with it.
        </p>
        <button type="submit" className="button button-primary" aria-disabled={busy}>
          {busy ? 'Asking…' : 'Show calls'}
        </button>
      </form>
    </section>
  );
}

function accessOf(kind: Access['kind'], user: string, secret: string): Access {
  switch (kind) {
    case 'password':
      return { kind, user, password: secret };
    case 'token':
      return { kind, token: secret };
    case 'api-key':
      return { kind, key: secret };
  }
}
