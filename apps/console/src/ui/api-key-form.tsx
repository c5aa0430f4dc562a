import { type SubmitEvent, useId, useRef } from 'react';

export interface ApiKeyFormProps {
  busy: boolean;
  onKey: (key: string) => void;
}

export function ApiKeyForm({ busy, onKey }: ApiKeyFormProps) {
  // Never in React's state, which would write it into the page as an attribute.
  const field = useRef<HTMLInputElement>(null);
  const ids = { field: useId(), hint: useId() };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const key = field.current?.value.trim() ?? '';
    if (busy || key === '') return;
    if (field.current !== null) field.current.value = '';
    onKey(key);
  };
  return (
    <form className="key-form" onSubmit={submit} noValidate>
      <div className="field">
        <label htmlFor={ids.field}>API key</label>
        <input ref={field} id={ids.field} type="password" autoComplete="off" aria-describedby={ids.hint} />
      </div>
      <button type="submit" className="button" aria-disabled={busy}>
        {busy ? 'Asking…' : 'List sessions'}
      </button>
      <p id={ids.hint} className="hint">
        It stays in the memory of this page, and goes with it. <code>npm start</code> prints one; another
        gateway breaks something only if it was started with <code>--allow-simulate</code>.
      </p>
    </form>
  );
}
