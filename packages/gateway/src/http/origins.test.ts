import { describe, expect, it } from 'vitest';
import { createOriginCheck } from './origins.ts';

describe('an origin, where the gateway listens to this machine alone,', () => {
  const isAllowed = createOriginCheck({ host: '127.0.0.1', trustProxy: [], allowedOrigins: [] });
  it.each([
    [undefined, '127.0.0.1:8080'],
    ['http://127.0.0.1:8080', '127.0.0.1:8080'],
    ['http://localhost:5173', '127.0.0.1:8080'],
    ['https://[::1]:5173', '127.0.0.1:8080'],
  ])('%s, is allowed', (origin, host) => {
    expect(isAllowed(origin, host)).toBe(true);
  });
  it.each([
    ['https://evil.example', '127.0.0.1:8080'],
    ['http://localhost.evil.example', '127.0.0.1:8080'],
    // Its own name points to this machine.
    ['http://evil.example:8080', 'evil.example:8080'],
    ['null', '127.0.0.1:8080'],
    ['', '127.0.0.1:8080'],
    ['file://127.0.0.1', '127.0.0.1:8080'],
    ['chrome-extension://localhost', '127.0.0.1:8080'],
  ])('%s, is refused', (origin, host) => {
    expect(isAllowed(origin, host)).toBe(false);
  });
});

describe.each([
  ['listens to everybody', { host: '0.0.0.0', trustProxy: [] }],
  ['is behind a proxy of this machine', { host: '127.0.0.1', trustProxy: ['127.0.0.1'] }],
])('an origin, where the gateway %s,', (_, settings) => {
  const isAllowed = createOriginCheck({ ...settings, allowedOrigins: ['https://app.example.com', 'null'] });
  it.each([
    ['https://app.example.com', 'calls.example.com'],
    ['https://calls.example.com', 'calls.example.com'],
    ['https://calls.example.com', 'Calls.Example.com'],
    ['https://calls.example.com:8443', 'calls.example.com:8443'],
    ['null', 'calls.example.com'],
    [undefined, undefined],
  ])('%s to %s, is allowed', (origin, host) => {
    expect(isAllowed(origin, host)).toBe(true);
  });
  it.each([
    ['https://app.example.com.evil.example', 'calls.example.com'],
    ['http://app.example.com', 'calls.example.com'],
    ['https://app.example.com:444', 'calls.example.com'],
    ['http://localhost:5173', 'calls.example.com'],
    ['https://calls.example.com', undefined],
  ])('%s to %s, is refused', (origin, host) => {
    expect(isAllowed(origin, host)).toBe(false);
  });
});

describe('any origin, where all are listed,', () => {
  it('is allowed', () => {
    expect(
      createOriginCheck({ host: '::', trustProxy: [], allowedOrigins: ['*'] })('https://evil.example', 'a'),
    ).toBe(true);
  });
});
