import { usePhoneState } from './console-context.ts';

/** Everything that the SDK said, also what the console settled by itself. */
export function MessageList() {
  const { messages } = usePhoneState().notices;
  if (messages.length === 0) return null;
  return (
    <details className="messages">
      <summary>Messages ({messages.length})</summary>
      <ol>
        {messages.map(({ id, at, sentence, code }) => (
          <li key={id}>
            <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleTimeString()}</time>
            <span>
              {sentence.what} {sentence.todo} {code !== null && <small>({code})</small>}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
