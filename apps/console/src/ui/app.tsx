import { Suspense, lazy, useCallback, useState } from 'react';
import { Announcer } from './announcer.tsx';
import { usePhoneState } from './console-context.ts';
import { Header, PhoneElsewhere } from './header.tsx';
import { PageTitle } from './page-title.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { SignIn } from './sign-in.tsx';
import { Softphone } from './softphone.tsx';
import { useRoute } from './use-route.ts';

/** Who only calls does not load it. */
const CallsSection = lazy(async () => ({
  default: (await import('./records/calls-section.tsx')).CallsSection,
}));

export function App() {
  const { account } = usePhoneState();
  const route = useRoute();
  const [keypad, setKeypad] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const showHelp = useCallback(() => setHelp(true), []);
  const isPhone = route.page === 'phone';
  return (
    <>
      <PageTitle page={isPhone ? 'Parley' : 'Calls – Parley'} />
      <Header isPhone={isPhone} onShortcuts={showHelp} />
      <main className="main">
        {!isPhone && (
          <>
            <PhoneElsewhere />
            <Suspense>
              <CallsSection route={route} />
            </Suspense>
          </>
        )}
        {isPhone &&
          (account.status === 'signed-in' ? (
            <Softphone keypad={keypad} setKeypad={setKeypad} showHelp={showHelp} />
          ) : (
            <SignIn account={account} />
          ))}
      </main>
      <Announcer />
      {help && <ShortcutsDialog onClose={() => setHelp(false)} />}
    </>
  );
}
