/** What is remembered between visits. Never a secret. */
export interface Settings {
  user: string;
  /** Device ids; empty: whatever the system uses. */
  microphone: string;
  speaker: string;
  /** Single keys act on calls. Off, because speech input and slips of the hand can set them off (WCAG 2.1.4). */
  shortcuts: boolean;
}

export interface SettingsStore {
  /** Null where nothing is stored, or where the browser forbids it. */
  read(): string | null;
  write(text: string): void;
}

export function parseSettings(text: string | null): Settings {
  const stored = parseObject(text);
  const word = (key: string) => {
    const value = stored.get(key);
    return typeof value === 'string' ? value : '';
  };
  return {
    user: word('user'),
    microphone: word('microphone'),
    speaker: word('speaker'),
    shortcuts: stored.get('shortcuts') !== false,
  };
}

function parseObject(text: string | null): Map<string, unknown> {
  if (text === null) return new Map();
  try {
    const value: unknown = JSON.parse(text);
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}
