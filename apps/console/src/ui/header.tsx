import type { Account } from '../model/account.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { Icon } from './icon.tsx';
import { Logo } from './logo.tsx';

export function Header({ onShortcuts }: { onShortcuts: () => void }) {
  const { phone } = useConsole();
  const { account, calls } = usePhoneState();
  const signedIn = account.status === 'registered' || account.status === 'reconnecting';
  return (
    <header className="header">
      <p className="brand">
        <Logo />
        Parley
      </p>
      {signedIn && (
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

function Registration({ account }: { account: Extract<Account, { status: 'registered' | 'reconnecting' }> }) {
  const registered = account.status === 'registered';
  return (
    <p className="registration" data-status={account.status}>
      <span className="registration-dot" aria-hidden="true" />
      <span className="registration-user">{account.user === '' ? 'Token' : account.user}</span>
      <span className="registration-word">{registered ? 'Ready for calls' : 'Reconnecting…'}</span>
    </p>
  );
}
