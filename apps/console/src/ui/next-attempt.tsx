import { type Trying, secondsToWait } from '../model/connection.ts';
import { useConsole, useNow } from './console-context.ts';

/** When the connection is tried again, and how not to wait for it. */
export function NextAttempt({ connection }: { connection: Trying }) {
  const { phone } = useConsole();
  const seconds = secondsToWait(connection, useNow(250));
  const waits = seconds > 0;
  return (
    <span className="next-attempt">
      <span role="timer">{waits ? `Next attempt in ${seconds} s` : 'Connecting…'}</span>
      <button
        type="button"
        className="button"
        aria-disabled={!waits}
        onClick={() => waits && phone.connectNow()}
      >
        Connect now
      </button>
    </span>
  );
}
