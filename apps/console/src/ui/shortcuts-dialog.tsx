import { useEffect, useRef } from 'react';
import { SHORTCUT_KEYS } from '../model/shortcut.ts';
import { useConsole, usePhoneState } from './console-context.ts';

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { phone } = useConsole();
  const { settings } = usePhoneState();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="shortcuts-heading" onClose={onClose}>
      <h2 id="shortcuts-heading">Keyboard shortcuts</h2>
      <dl className="shortcuts">
        {SHORTCUT_KEYS.map(({ keys, meaning }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">They mean the call that talks, and work while you are not typing in a field.</p>
      <label className="check">
        <input
          type="checkbox"
          checked={settings.shortcuts}
          onChange={(event) => phone.changeSettings({ shortcuts: event.target.checked })}
        />
        Use these shortcuts
      </label>
      <form method="dialog">
        <button type="submit" className="button button-primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
