import type { SettingsStore } from '../model/settings.ts';

const KEY = 'parley.console';

/** `localStorage`, which a browser may forbid or fill up: then nothing is remembered, and nothing else breaks. */
export function settingsStorage(): SettingsStore {
  return {
    read() {
      try {
        return localStorage.getItem(KEY);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        localStorage.setItem(KEY, text);
      } catch {
        return;
      }
    },
  };
}
