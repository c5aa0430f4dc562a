import { Suspense, lazy, useCallback, useRef, useState } from 'react';
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
  // Of who looks at calls. Never in the state of the page, and gone with it.
  const authorization = useRef('');
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
              <CallsSection route={route} authorization={authorization} />
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
