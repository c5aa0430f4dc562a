import { type ReactNode, Suspense, lazy } from 'react';
import { type Account, isConnected } from '../model/account.ts';
import type { Calls } from '../model/calls.ts';
import { incomingCalls, othersTalking } from '../model/calls.ts';
import { CallCard } from './call-card.tsx';
import { useConsole, usePhoneState } from './console-context.ts';
import { Dialer } from './dialer.tsx';
import { useCallFocus } from './focus.ts';
import { IncomingCall } from './incoming-call.tsx';
import { Logo } from './logo.tsx';
import { MessageList } from './message-list.tsx';
import { PageNotices } from './page-notices.tsx';
import { PastCalls } from './past-calls.tsx';
import { useShortcuts } from './shortcuts.ts';
import { SoundSettings } from './sound-settings.tsx';

/** Nobody else loads it. */
const FaultPanel = lazy(async () => ({ default: (await import('./fault-panel.tsx')).FaultPanel }));

export interface SoftphoneProps {
  keypad: string | null;
  setKeypad: (id: string | null) => void;
  showHelp: () => void;
}

export function Softphone({ keypad, setKeypad, showHelp }: SoftphoneProps) {
  const { faults } = useConsole();
  const { calls, account, settings } = usePhoneState();
  useCallFocus();
  useShortcuts({ keypad, setKeypad, showHelp });
  const closed = isConnected(account) ? '' : 'You can call again as soon as you are connected.';
  const going = calls.live.filter(({ phase }) => phase !== 'incoming');
  return (
    <>
      <h1 className="visually-hidden">Softphone</h1>
      <PageNotices />
      <div className="softphone">
        <div className="stage">
          {incomingCalls(calls).map((call) => (
            <IncomingCall
              key={call.id}
              call={call}
              holds={whoHolds(calls, call.id)}
              alone={calls.live.length === 1}
              shortcuts={settings.shortcuts}
            />
          ))}
          {calls.live.length === 0 && <Idle account={account} />}
          {going.length > 0 && (
            <section className="calls" aria-labelledby="calls-heading">
              <h2 id="calls-heading" className={going.length > 1 ? 'calls-count' : 'visually-hidden'}>
                {going.length > 1 ? `${going.length} calls` : 'Call'}
              </h2>
              {going.length > 1 && <p className="hint">One talks at a time; the others are on hold.</p>}
              <ul>
                {going.map((call) => (
                  <CallCard
                    key={call.id}
                    call={call}
                    holds={whoHolds(calls, call.id)}
                    keypadOpen={keypad === call.id}
                    onKeypad={(open) => setKeypad(open ? call.id : null)}
                  />
                ))}
              </ul>
            </section>
          )}
        </div>
        <div className="side">
          <Dialer closed={closed} holds={whoHolds(calls, null)} />
          <SoundSettings />
        </div>
        <PastCalls closed={closed !== ''} />
        {faults && (
          <Suspense>
            <FaultPanel />
          </Suspense>
        )}
      </div>
      <MessageList />
    </>
  );
}

function Idle({ account }: { account: Account }) {
  if (!isConnected(account)) return <IdleStage title="No calls now">Nobody can reach this page.</IdleStage>;
  const user = account.status === 'signed-out' ? '' : account.user;
  return (
    <IdleStage title="The line is free">
      {user === '' ? (
        'This page rings when somebody calls you.'
      ) : (
        <>
          Others reach you as <b>{user}</b>; this page rings when they do.
        </>
      )}
    </IdleStage>
  );
}

function IdleStage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="idle">
      <Logo />
      <p className="idle-title">{title}</p>
      <p>{children}</p>
    </div>
  );
}

function whoHolds(calls: Calls, id: string | null): string {
  return othersTalking(calls, id)
    .map(({ who }) => who)
    .join(' and ');
}
