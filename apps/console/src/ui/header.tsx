import type { Account } from '../model/account.ts';
import type { Connection } from '../model/connection.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { Icon } from './icon.tsx';
import { Logo } from './logo.tsx';

export function Header({ onShortcuts }: { onShortcuts: () => void }) {
  const { phone } = useConsole();
  const { account, calls } = usePhoneState();
  return (
    <header className="header">
      <p className="brand">
        <Logo />
        Parley
      </p>
      {account.status === 'signed-in' && (
        <>
          <Registration account={account} />
          <button type="button" className="icon-button" onClick={onShortcuts} aria-label="Keyboard shortcuts">
            <Icon name="keyboard" />
          </button>
          <button type="button" className="button button-quiet" onClick={() => phone.signOut()}>
            <Icon name="sign-out" />
            <span className="wide-only">{calls.live.length === 0 ? 'Sign out' : 'Hang up and sign out'}</span>
          </button>
        </>
      )}
    </header>
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
