import type { ReactNode } from 'react';
import type { CallPhase, CallView } from '../model/call-view.ts';
import { Avatar } from './avatar.tsx';
import { CallTimer } from './call-timer.tsx';
import { useConsole, usePhoneState } from './console-context.ts';
import { Icon, type IconName } from './icon.tsx';
import { Keypad } from './keypad.tsx';
import { LevelMeter } from './level-meter.tsx';
import { NoticeBox } from './notice-box.tsx';

export interface CallCardProps {
  call: CallView;
  /** Who goes on hold when this call is resumed. */
  holds: string;
  keypadOpen: boolean;
  onKeypad: (open: boolean) => void;
}

export function CallCard({ call, holds, keypadOpen, onKeypad }: CallCardProps) {
  const headingId = `call-${call.id}`;
  const talking = call.phase === 'talking';
  return (
    <li className="call" data-phase={call.phase}>
      <article aria-labelledby={headingId}>
        <div className="call-face">
          <Avatar who={call.who} />
          <div>
            <h3 id={headingId} tabIndex={-1}>
              {call.who}
            </h3>
            <p className="call-state">
              <Icon name={call.direction === 'inbound' ? 'incoming' : 'outgoing'} />
              <span className="visually-hidden">
                {call.direction === 'inbound' ? 'They called you.' : 'You called them.'}
              </span>
              <span>{PHASES[call.phase]}</span>
            </p>
            {call.phase === 'held' && holds !== '' && (
              <p className="call-note">Resuming puts {holds} on hold.</p>
            )}
          </div>
          {call.answeredAt !== null && <CallTimer since={call.answeredAt} />}
        </div>
        {talking && <Levels call={call} />}
        <CallNotices call={call} />
        <CallActions {...{ call, keypadOpen, onKeypad }} />
        {talking && keypadOpen && <TonePad call={call} />}
      </article>
    </li>
  );
}

const PHASES: Record<CallPhase, string> = {
  incoming: 'Calling you',
  answering: 'Answering…',
  calling: 'Calling…',
  ringing: 'Ringing…',
  talking: 'Talking',
  held: 'On hold',
};

function Levels({ call }: { call: CallView }) {
  return (
    <div className="levels">
      <LevelMeter
        label={call.muted ? 'Muted' : 'You'}
        icon={call.muted ? 'microphone-off' : 'microphone'}
        callId={call.id}
        side="local"
      />
      <LevelMeter label={call.who} icon="ear" callId={call.id} side="remote" />
    </div>
  );
}

function CallNotices({ call }: { call: CallView }) {
  const { phone } = useConsole();
  const { notices, devices } = usePhoneState();
  const asks = devices.permission === 'prompt' && (call.phase === 'calling' || call.phase === 'answering');
  return (
    <>
      {asks && <NoticeBox tone="warning" sentence={ASKS} />}
      {call.interrupted && <NoticeBox tone="warning" sentence={INTERRUPTED} />}
      {call.silenced && (
        <NoticeBox tone="warning" sentence={SILENCED}>
          <button type="button" className="button" onClick={() => phone.toggleSilence(call.id)}>
            Sound on
          </button>
        </NoticeBox>
      )}
      {notices.shown
        .filter(({ callId }) => callId === call.id)
        .map(({ id, tone, sentence }) => (
          <NoticeBox key={id} tone={tone} sentence={sentence} onDismiss={() => phone.dismiss(id)} />
        ))}
    </>
  );
}

const ASKS = { what: 'Your browser asks for the microphone.', todo: 'Choose “Allow”.' };
const INTERRUPTED = {
  what: 'The sound is interrupted.',
  todo: 'It is being restored by itself: stay on the line.',
};
const SILENCED = { what: 'This tab is silent:', todo: 'its microphone and its sound are off.' };

function CallActions({ call, keypadOpen, onKeypad }: Omit<CallCardProps, 'holds'>) {
  const { phone } = useConsole();
  const { id, phase, muted } = call;
  return (
    <div className="call-actions">
      {phase !== 'held' && (
        <Action
          icon={muted ? 'microphone-off' : 'microphone'}
          pressed={muted}
          onClick={() => phone.toggleMute(id)}
        >
          Mute
        </Action>
      )}
      {phase === 'talking' && (
        <>
          <Action icon="hold" onClick={() => phone.toggleHold(id)}>
            Hold
          </Action>
          <Action icon="keypad" expanded={keypadOpen} onClick={() => onKeypad(!keypadOpen)}>
            Keypad
          </Action>
        </>
      )}
      {phase === 'held' && (
        <Action icon="resume" onClick={() => phone.toggleHold(id)}>
          Resume
        </Action>
      )}
      <Action icon="hang-up" stop onClick={() => phone.hangUp(id)}>
        {call.answeredAt === null ? 'Cancel' : 'Hang up'}
      </Action>
    </div>
  );
}

interface ActionProps {
  icon: IconName;
  children: ReactNode;
  pressed?: boolean;
  expanded?: boolean;
  stop?: boolean;
  onClick: () => void;
}

function Action({ icon, children, pressed, expanded, stop, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className={stop === true ? 'action action-stop' : 'action'}
      aria-pressed={pressed}
      aria-expanded={expanded}
      onClick={onClick}
    >
      <span className="action-face">
        <Icon name={icon} />
      </span>
      <span>{children}</span>
    </button>
  );
}

function TonePad({ call }: { call: CallView }) {
  const { phone } = useConsole();
  return (
    <div className="tone-pad">
      <output className="digits" aria-label="Tones sent">
        {call.digits}
      </output>
      <Keypad label={`Tones to ${call.who}`} onDigit={(digit) => phone.sendDigit(call.id, digit)} />
    </div>
  );
}
