import { expect, test } from 'vitest';

import { selectSource } from './source-selection.ts';

const alone = { tone: 'ringback', held: false, speaking: false, partner: undefined } as const;
const partner = { held: false, heardAt: 1000 };

test.each([
  ['alone', alone, 1000, 'ringback'],
  ['alone and held', { ...alone, held: true }, 1000, 'silence'],
  [
    'bridged to a leg that has sent nothing yet',
    { ...alone, partner: { held: false, heardAt: undefined } },
    1000,
    'ringback',
  ],
  ['bridged to a leg that speaks', { ...alone, partner }, 1900, 'partner'],
  ['bridged to a leg that has gone quiet', { ...alone, partner }, 2100, 'silence'],
  ['spoken to while its partner speaks', { ...alone, speaking: true, partner }, 1000, 'speech'],
  ['spoken to and held', { ...alone, speaking: true, held: true }, 1000, 'silence'],
  ['bridged and held', { ...alone, held: true, partner }, 1000, 'silence'],
  ['bridged to a leg that is held', { ...alone, partner: { ...partner, held: true } }, 1000, 'silence'],
] as const)('a leg that is %s hears the right source', (_, listener, now, source) => {
  expect(selectSource(listener, now)).toBe(source);
});
