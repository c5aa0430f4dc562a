import type { Account } from '../model/account.ts';
import type { Connection } from '../model/connection.ts';
import { callInFront, incomingCalls } from '../model/calls.ts';
import { CALLS } from '../model/route.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { Icon } from './icon.tsx';
import { Logo } from './logo.tsx';

export interface HeaderProps {
  isPhone: boolean;
  onShortcuts: () => void;
}

export function Header({ isPhone, onShortcuts }: HeaderProps) {
  const { phone } = useConsole();
  const { account, calls } = usePhoneState();
  return (
    <header className="header">
      <p className="brand">
        <Logo />
        <span className="wide-only">Parley</span>
      </p>
      <nav className="sections" aria-label="Sections">
        <a href="#" aria-current={isPhone ? 'page' : undefined}>
          Phone
        </a>
        <a href={CALLS} aria-current={isPhone ? undefined : 'page'}>
          Calls
        </a>
      </nav>
      {account.status === 'signed-in' && (
        <>
          <Registration account={account} />
          {isPhone && (
            <button
              type="button"
              className="icon-button"
              onClick={onShortcuts}
              aria-label="Keyboard shortcuts"
            >
              <Icon name="keyboard" />
            </button>
          )}
          <button type="button" className="button button-quiet" onClick={() => phone.signOut()}>
            <Icon name="sign-out" />
            <span className="wide-only">{calls.live.length === 0 ? 'Sign out' : 'Hang up and sign out'}</span>
          </button>
        </>
      )}
    </header>
  );
}

/** What goes on in the phone, for who looks at something else. */
export function PhoneElsewhere() {
  const { calls } = usePhoneState();
  const [ringing] = incomingCalls(calls);
  const front = callInFront(calls);
  if (ringing === undefined && front === undefined) return null;
  return (
    <p className="elsewhere" role="status">
      {ringing !== undefined ? `${ringing.who} is calling.` : `You are in a call with ${front?.who ?? ''}.`}{' '}
      <a href="#">Go to the phone</a>
    </p>
  );
}

function Registration({ account }: { account: Exclude<Account, { status: 'signed-out' }> }) {
  const { state } = account.connection;
  return (
    <p className="registration" data-state={state}>
      <span className="registration-dot" aria-hidden="true" />
      <span className="registration-user">{account.user === '' ? 'Token' : account.user}</span>
      <span className="registration-word">{WORDS[state]}</span>
    </p>
  );
}

const WORDS: Record<Connection['state'], string> = {
  connecting: 'Connecting…',
  connected: 'Ready for calls',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',
  disconnected: 'Not connected',
};
