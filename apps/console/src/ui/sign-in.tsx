import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react';
import type { Account } from '../model/account.ts';
import { isTrying, troubleConnecting } from '../model/connection.ts';
import { checkGateway } from '../model/gateway-address.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { NextAttempt } from './next-attempt.tsx';
import { NoticeBox } from './notice-box.tsx';
import { Microphone } from './page-notices.tsx';

type Method = 'password' | 'token';

export interface SignInProps {
  account: Account;
}

export function SignIn({ account }: SignInProps) {
  const { phone } = useConsole();
  const connection = account.status === 'signed-out' ? null : account.connection;
  const problem = account.status === 'signed-out' ? account.problem : troubleConnecting(account.connection);
  return (
    <div className="sign-in">
      <section className="panel sign-in-panel" aria-labelledby="sign-in-heading">
        <h1 id="sign-in-heading">Sign in to call</h1>
        <Microphone />
        {problem !== null && (
          <NoticeBox tone={connection === null ? 'error' : 'warning'} sentence={problem}>
            {connection !== null && isTrying(connection) && <NextAttempt connection={connection} />}
          </NoticeBox>
        )}
        <SignInForm busy={connection !== null} />
        {account.status !== 'signed-out' && (
          <div className="connecting">
            <p>
              <span className="spinner" aria-hidden="true" /> Connecting to {account.gateway}
            </p>
            <button type="button" className="button" onClick={() => phone.signOut()}>
              Stop
            </button>
          </div>
        )}
      </section>
      <DemoHint />
    </div>
  );
}

function SignInForm({ busy }: { busy: boolean }) {
  const { phone, gateway, pageOrigin } = useConsole();
  const { settings } = usePhoneState();
  const [method, setMethod] = useState<Method>('password');
  const [user, setUser] = useState(settings.user);
  const [address, setAddress] = useState(gateway);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  // Never in React's state, which would write it into the page as an attribute.
  const secretField = useRef<HTMLInputElement>(null);
  const ids = { user: useId(), secret: useId(), gateway: useId() };

  useEffect(() => {
    const empty = form.current?.querySelector<HTMLInputElement>('input[data-credential]:placeholder-shown');
    (empty ?? form.current?.querySelector<HTMLInputElement>('input[data-credential]'))?.focus();
  }, [method]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const secret = secretField.current?.value ?? '';
    const checked = checkGateway(address, pageOrigin);
    const wrong = missingPart(method, user, secret) ?? (checked.ok ? null : checked.problem);
    setProblem(wrong);
    if (wrong !== null || !checked.ok) return;
    if (secretField.current !== null) secretField.current.value = '';
    const name = user.trim();
    if (method === 'token') phone.signIn('', { login_token: secret.trim() }, checked.address);
    else phone.signIn(name, { login: name, password: secret }, checked.address);
  };

  return (
    <form ref={form} onSubmit={submit} noValidate>
      {problem !== null && (
        <div role="alert">
          <NoticeBox tone="error" sentence={{ what: problem, todo: '' }} />
        </div>
      )}
      <fieldset className="methods">
        <legend>Sign in with</legend>
        <MethodChoice method="password" chosen={method} onChoose={setMethod} label="Password" />
        <MethodChoice method="token" chosen={method} onChoose={setMethod} label="Token" />
      </fieldset>
      {method === 'password' && (
        <div className="field">
          <label htmlFor={ids.user}>User name</label>
          <input
            id={ids.user}
            name="username"
            data-credential
            placeholder=" "
            value={user}
            onChange={(event) => setUser(event.target.value)}
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
          />
        </div>
      )}
      <div className="field">
        <label htmlFor={ids.secret}>{method === 'password' ? 'Password' : 'Token'}</label>
        <input
          key={method}
          ref={secretField}
          id={ids.secret}
          name={method}
          type="password"
          data-credential
          placeholder=" "
          autoComplete={method === 'password' ? 'current-password' : 'off'}
        />
      </div>
      <details className="advanced">
        <summary>Gateway: {address.replace(/^wss?:\/\//, '')}</summary>
        <div className="field">
          <label htmlFor={ids.gateway}>Address</label>
          <input
            id={ids.gateway}
            name="gateway"
            inputMode="url"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </div>
      </details>
      <button type="submit" className="button button-primary button-wide" aria-disabled={busy}>
        {busy ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  );
}

interface MethodChoiceProps {
  method: Method;
  chosen: Method;
  label: string;
  onChoose: (method: Method) => void;
}

function MethodChoice({ method, chosen, label, onChoose }: MethodChoiceProps) {
  return (
    <label>
      <input type="radio" name="method" checked={method === chosen} onChange={() => onChoose(method)} />
      <span>{label}</span>
    </label>
  );
}

function missingPart(method: Method, user: string, secret: string): string | null {
  if (method === 'token') return secret.trim() === '' ? 'Paste a token first.' : null;
  if (user.trim() === '') return 'Give your user name.';
  return secret === '' ? 'Give your password.' : null;
}

/** The demo users exist on a gateway that runs on this computer only, so only there is it worth a word. */
function DemoHint() {
  const { pageOrigin, faults } = useConsole();
  if (!/^https?:\/\/(localhost|127\.|\[::1\])/.test(pageOrigin)) return null;
  return (
    <p className="demo-hint">
      With <code>npm start</code>, sign in as <b>alice</b> with the password <b>alice</b> here, and as{' '}
      <b>bob</b> with <b>bob</b> in a second tab.
      {!faults && (
        <>
          {' '}
          With <a href="?faults">faults to try</a>, see what calls survive.
        </>
      )}
    </p>
  );
}
