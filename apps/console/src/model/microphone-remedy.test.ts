import { expect, it } from 'vitest';
import { browserFamily, microphoneRemedy } from './microphone-remedy.ts';

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36',
    'chromium',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0',
    'chromium',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'firefox'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
    'safari',
  ],
  ['Lynx/2.9', 'other'],
] as const)('%s', (userAgent, family) => {
  expect(browserFamily(userAgent)).toBe(family);
  expect(microphoneRemedy(family)).toMatch(/call again\.$/);
});
