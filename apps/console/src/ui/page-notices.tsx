import { callsGoingOn } from '../model/calls.ts';
import { type Connection, connectionSentence, isTrying, needsSignIn } from '../model/connection.ts';
import { howlingCall } from '../model/phone-state.ts';
import { errorTrouble } from '../model/troubles.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { NextAttempt } from './next-attempt.tsx';
import { NoticeBox } from './notice-box.tsx';

const MICROPHONE_DENIED = 42001;

/** What holds now for the whole page, then what has happened. */
export function PageNotices() {
  const { phone } = useConsole();
  const { notices, account } = usePhoneState();
  const shown = notices.shown.filter(({ callId, code }) => callId === null && code !== MICROPHONE_DENIED);
  return (
    <section className="notices" aria-label="Notices">
      {account.status === 'signed-in' && <Connecting connection={account.connection} />}
      <Microphone />
      <SoundBlocked />
      <Howling />
      {shown.map(({ id, tone, sentence }) => (
        <NoticeBox key={id} tone={tone} sentence={sentence} onDismiss={() => phone.dismiss(id)} />
      ))}
    </section>
  );
}

function Connecting({ connection }: { connection: Connection }) {
  const { phone } = useConsole();
  const { calls } = usePhoneState();
  const sentence = connectionSentence(connection, callsGoingOn(calls));
  if (sentence === null) return null;
  return (
    <NoticeBox tone={connection.state === 'disconnected' ? 'error' : 'warning'} sentence={sentence}>
      {isTrying(connection) && <NextAttempt connection={connection} />}
      {connection.state === 'disconnected' && !needsSignIn(connection) && (
        <button type="button" className="button" onClick={() => phone.connectNow()}>
          Connect again
        </button>
      )}
    </NoticeBox>
  );
}

/** Why no call can have a microphone, for as long as it is true. */
export function Microphone() {
  const { phone } = useConsole();
  const { devices, notices } = usePhoneState();
  const denied = notices.shown.find(({ code }) => code === MICROPHONE_DENIED);
  if (!phone.canUseMicrophone) return <NoticeBox tone="error" sentence={INSECURE} />;
  if (denied !== undefined) {
    return <NoticeBox tone="error" sentence={denied.sentence} onDismiss={() => phone.dismiss(denied.id)} />;
  }
  if (devices.permission !== 'denied') return null;
  const { what } = errorTrouble(MICROPHONE_DENIED);
  return <NoticeBox tone="error" sentence={{ what, todo: phone.microphoneRemedy }} />;
}

const INSECURE = {
  what: 'Browsers give no microphone to this page, because its address is not secure.',
  todo: 'Open it by https://, or by http://localhost on the computer where the gateway runs.',
};

function SoundBlocked() {
  const { phone } = useConsole();
  const { soundBlocked } = usePhoneState();
  if (!soundBlocked) return null;
  return (
    <NoticeBox tone="warning" sentence={BLOCKED}>
      <button type="button" className="button" onClick={() => phone.unblockSound()}>
        Play the sound
      </button>
    </NoticeBox>
  );
}

const BLOCKED = { what: 'Your browser keeps the sound of this page back.', todo: '' };

function Howling() {
  const { phone } = useConsole();
  const call = howlingCall(usePhoneState());
  if (call === undefined) return null;
  const sentence = {
    what: `${call.who} is in another tab of this browser, so the two tabs can hear each other and howl.`,
    todo: 'Use headphones, or silence one of the tabs.',
  };
  return (
    <NoticeBox tone="warning" sentence={sentence}>
      <span className="notice-actions">
        <button type="button" className="button" onClick={() => phone.toggleSilence(call.id)}>
          Silence this tab
        </button>
        <button type="button" className="button" onClick={() => phone.usesHeadphones()}>
          I use headphones
        </button>
      </span>
    </NoticeBox>
  );
}
