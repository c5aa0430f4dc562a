import type { PastCall } from '../model/calls.ts';
import { spokenDuration } from '../model/duration.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { Icon } from './icon.tsx';

export function PastCalls({ closed }: { closed: boolean }) {
  const { past } = usePhoneState().calls;
  if (past.length === 0) return null;
  return (
    <section className="past panel" aria-labelledby="past-heading">
      <h2 id="past-heading">Latest calls</h2>
      <ol>
        {past.map((call) => (
          <PastCallLine key={call.id} call={call} closed={closed} />
        ))}
      </ol>
    </section>
  );
}

function PastCallLine({ call, closed }: { call: PastCall; closed: boolean }) {
  const { phone } = useConsole();
  const { who, number, direction, sentence, missed, talkedMs, endedAt } = call;
  const ended = new Date(endedAt);
  return (
    <li className="past-call" data-missed={missed || undefined}>
      <Icon name={missed ? 'missed' : direction === 'inbound' ? 'incoming' : 'outgoing'} />
      <div className="past-text">
        <p className="past-who">
          <span className="visually-hidden">{direction === 'inbound' ? 'Call from ' : 'Call to '}</span>
          {who}
          <time dateTime={ended.toISOString()}>
            {ended.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
          </time>
        </p>
        <p className="past-why">
          {sentence} {talkedMs !== null && <span>Talked for {spokenDuration(talkedMs)}.</span>}
        </p>
      </div>
      {number !== '' && (
        <button
          type="button"
          className="icon-button"
          aria-label={`Call ${who} again`}
          aria-disabled={closed}
          onClick={() => !closed && phone.dial(number)}
        >
          <Icon name="call" />
        </button>
      )}
    </li>
  );
}
