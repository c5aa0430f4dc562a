import { expect, it } from 'vitest';
import { parseSettings } from './settings.ts';

it.each([null, '', 'not JSON', '[]', '7', '{"user":7,"shortcuts":"no"}'])(
  'what was stored as %s gives the defaults',
  (text) => {
    expect(parseSettings(text)).toEqual({ user: '', microphone: '', speaker: '', shortcuts: true });
  },
);

it('shortcuts that were switched off stay off', () => {
  expect(parseSettings('{"user":"alice","shortcuts":false}')).toMatchObject({
    user: 'alice',
    shortcuts: false,
  });
});
