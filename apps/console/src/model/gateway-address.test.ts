import { expect, it } from 'vitest';
import { checkGateway, gatewayOf } from './gateway-address.ts';

it('the gateway is where the page came from', () => {
  expect(gatewayOf('http://127.0.0.1:8080')).toBe('ws://127.0.0.1:8080');
  expect(gatewayOf('https://calls.example.com')).toBe('wss://calls.example.com');
});

it.each([
  ['wss://calls.example.com', 'wss://calls.example.com'],
  [' calls.example.com ', 'wss://calls.example.com'],
  ['https://calls.example.com/', 'wss://calls.example.com'],
  ['ws://127.0.0.1:8080/deep/path', 'ws://127.0.0.1:8080/deep/path'],
])('%s is taken', (typed, address) => {
  expect(checkGateway(typed, 'http://localhost')).toEqual({ ok: true, address });
});

it.each([
  ['', /wss:/],
  ['ftp://calls.example.com', /starts with/],
  ['wss://alice:secret@calls.example.com', /Leave the user name/],
])('%s is refused with words', (typed, problem) => {
  expect(checkGateway(typed, 'http://localhost')).toEqual({
    ok: false,
    problem: expect.stringMatching(problem),
  });
});

it('an insecure gateway for a secure page is refused before the browser does it without words', () => {
  expect(checkGateway('ws://calls.example.com', 'https://calls.example.com').ok).toBe(false);
});
