import { useCallback, useState } from 'react';
import { Announcer } from './announcer.tsx';
import { usePhoneState } from './console-context.ts';
import { Header } from './header.tsx';
import { PageTitle } from './page-title.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { SignIn } from './sign-in.tsx';
import { Softphone } from './softphone.tsx';

export function App() {
  const { account } = usePhoneState();
  const [keypad, setKeypad] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const showHelp = useCallback(() => setHelp(true), []);
  return (
    <>
      <PageTitle />
      <Header onShortcuts={showHelp} />
      <main className="main">
        {account.status === 'signed-in' ? (
          <Softphone keypad={keypad} setKeypad={setKeypad} showHelp={showHelp} />
        ) : (
          <SignIn account={account} />
        )}
      </main>
      <Announcer />
      {help && <ShortcutsDialog onClose={() => setHelp(false)} />}
    </>
  );
}
