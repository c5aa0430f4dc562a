import type { CallView } from '../model/call-view.ts';
import { Avatar } from './avatar.tsx';
import { useConsole } from './console-context.ts';
import { Icon } from './icon.tsx';

export interface IncomingCallProps {
  call: CallView;
  /** Who goes on hold when this call is answered. */
  holds: string;
  /** There is no other call: this one has the stage. */
  alone: boolean;
  shortcuts: boolean;
}

export function IncomingCall({ call, holds, alone, shortcuts }: IncomingCallProps) {
  const { phone } = useConsole();
  const headingId = `incoming-${call.id}`;
  return (
    <section className="incoming" data-alone={alone || undefined} aria-labelledby={headingId}>
      <Avatar who={call.who} />
      <div className="incoming-text">
        <h2 id={headingId}>{call.who} is calling</h2>
        <p>
          {call.number.toLowerCase() !== call.who.toLowerCase() && (
            <span className="number">{call.number}</span>
          )}
          {holds !== '' && <span>Answering puts {holds} on hold.</span>}
        </p>
      </div>
      <div className="incoming-actions">
        <button
          type="button"
          className="button button-go"
          data-answers={call.id}
          aria-keyshortcuts={shortcuts ? 'a' : undefined}
          onClick={() => phone.answer(call.id)}
        >
          <Icon name="call" />
          Answer
        </button>
        <button
          type="button"
          className="button button-stop"
          aria-keyshortcuts={shortcuts ? 'd' : undefined}
          onClick={() => phone.hangUp(call.id)}
        >
          <Icon name="hang-up" />
          Decline
        </button>
      </div>
    </section>
  );
}
