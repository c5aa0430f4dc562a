import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, TooDeepError } from './redact.ts';

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl-_';

/** As the vendor's client logs a frame: JSON in a text in a list. */
const logged = (frame: unknown) => ({
  logs: [
    { level: 'debug', message: 'SEND: \n', context: { args: ['SEND: \n', JSON.stringify(frame, null, 2)] } },
  ],
});

describe('redaction', () => {
  it.each([
    ['a password in a member', { passwd: 'hunter22' }],
    ['a password in capitals', { PassWord: 'hunter22' }],
    ['a password that is a number', { password: 83928392 }],
    ['a password in a list', { password: ['hunter22'] }],
    [
      'a password of a login that was logged',
      logged({ method: 'login', params: { login: 'alice', passwd: 'hunter22' } }),
    ],
    ['a password with a quote in a frame', logged({ passwd: 'x"hunter22' })],
    ['a password with a backslash in a frame', logged({ passwd: 'x\\hunter22' })],
    ['a password that ends with a backslash in a frame', logged({ passwd: 'hunter22\\', sessid: 's' })],
    ['a password in JSON in JSON in a text', { a: JSON.stringify(logged({ password: 'q"hunter22' })) }],
    ['a password in JSON that is cut off', { a: '{"login":"alice","passwd":"hunter22' }],
    [
      'a TURN credential in a frame',
      logged({ iceServers: [{ urls: 'turn:a', username: 'u', credential: 'hunter22' }] }),
    ],
    ['a TURN credential in options', { iceServers: [{ credential: 'hunter22' }] }],
    ['a token in a query', { url: 'wss://a.example/?token=hunter22&x=1' }],
    ['an encoded token in a query', { url: 'https://a.example/?next=%3Ftoken%3Dhunter22' }],
    ['a custom header', { custom_headers: [{ name: 'X-A', value: 'hunter22' }] }],
    ['a custom header of a frame', logged({ custom_headers: [{ name: 'X-A', value: 'a "hunter22' }] })],
    ['custom headers of an application', { customHeaders: [{ name: 'X', value: 'hunter22' }] }],
    ['a header', { line: 'Authorization: Bearer hunter22' }],
    ['a log line', { line: "password: 'hunter22'" }],
    ['an ICE password', { sdp: 'v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:hunter22\r\na=mid:0' }],
    ['an SRTP key', { sdp: 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hunter22|2^20' }],
    [
      'a password that is told again elsewhere',
      { passwd: 'hunter22', note: 'alice signed in with hunter22.' },
    ],
    ['a password that is told again as a name', { passwd: 'hunter22', seen: { hunter22: true } }],
    [
      'a password told in a frame and again before it',
      { note: 'hunter22', log: logged({ passwd: 'hunter22' }) },
    ],
  ])('of %s, leaves nothing of it', (_, value) => {
    const rest = JSON.stringify(redact(value));
    expect(rest).not.toMatch(/hunter22|8392/);
    expect(rest).toContain('[redacted]');
  });

  it.each([
    ['in a member', { login_token: jwt }],
    ['under any name', { x: jwt }],
    ['in a sentence', { x: `The token ${jwt} has expired.` }],
    ['in a frame', logged({ params: { login_token: jwt } })],
  ])('of a login token %s, leaves nothing of it', (_, value) => {
    expect(JSON.stringify(redact(value))).not.toContain('eyJ');
  });

  it('of a report without secrets, changes nothing', () => {
    const report = {
      summary: {
        callId: 'c',
        durationSeconds: 3,
        clientSummary: { authentication: { type: 'login_password' } },
      },
      stats: [
        { audio: { inbound: { packetsLost: 0, codec: { mimeType: 'audio/opus', payloadType: 111 } } } },
      ],
      logs: [
        {
          message: 'Token expires in 120 s',
          context: { a: [null, true, 1.5, 'a=ice-ufrag:abcd', '{"id":1}'] },
        },
        { message: 'SEND', context: { args: ['{"method":"login","params":{"login":"alice"}}'] } },
      ],
    };
    expect(redact(report)).toEqual(report);
  });

  it('of what stands beside a secret, changes nothing', () => {
    const frame = { params: { login: 'alice', passwd: 'hunter22', sessid: 's-1' }, id: 'i-1' };
    const rest = JSON.stringify(redact(logged(frame)));
    for (const kept of ['alice', 's-1', 'i-1', 'sessid']) expect(rest).toContain(kept);
  });

  it('of a short password, does not touch words that are spelled alike', () => {
    expect(redact({ login: 'alice', password: 'alice' })).toEqual({ login: 'alice', password: '[redacted]' });
  });

  it('of a member named __proto__, copies it and pollutes nothing', () => {
    const copy = redact(JSON.parse('{"__proto__":{"polluted":true},"a":1}'));
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true},"a":1}');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('of something nested without end, is refused', () => {
    const deep: unknown = JSON.parse('['.repeat(33) + ']'.repeat(33));
    expect(() => redact(deep)).toThrow(TooDeepError);
    expect(redact(JSON.parse('['.repeat(32) + ']'.repeat(32)))).toBeDefined();
  });

  it('of any password in any depth of JSON in texts, leaves nothing of it', () => {
    const password = fc.string({ minLength: 12, maxLength: 40, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(password, fc.integer({ min: 0, max: 3 }), (secret, depth) => {
        let value: unknown = { login: 'x', passwd: secret, sessid: 'y' };
        for (let level = 0; level < depth; level += 1) value = { text: JSON.stringify(value) };
        const rest = JSON.stringify(redact(value));
        expect(deepText(JSON.parse(rest))).not.toContain(secret);
      }),
    );
  });

  it.each([
    ['backslashes', '\\'.repeat(1_000_000)],
    ['quotes', '"'.repeat(1_000_000)],
    ['openings', '"password":"'.repeat(80_000)],
    ['names', '"password" '.repeat(90_000)],
    ['spaces', `"password"${' '.repeat(1_000_000)}`],
    ['token heads', 'eyJ'.repeat(300_000)],
    ['assignments', 'token='.repeat(160_000)],
  ])(
    'of a megabyte of %s, ends soon',
    (_, text) => {
      expect(millisecondsOf(() => redact({ text }))).toBeLessThan(patienceMs);
    },
    60_000,
  );

  it('of a megabyte of different secrets, ends soon', () => {
    const secrets = Array.from({ length: 40_000 }, (_, index) => ({ password: `secret-${String(index)}` }));
    expect(millisecondsOf(() => redact(secrets))).toBeLessThan(patienceMs);
  }, 60_000);
});

/** Linear time takes a fraction of a second, quadratic time minutes. */
const patienceMs = 20_000;

function millisecondsOf(act: () => unknown): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

/** Undoes the nesting of JSON in texts, as far as it still is JSON. */
function deepText(value: unknown): string {
  const inner = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  if (typeof inner !== 'string') return JSON.stringify(value);
  try {
    return inner + deepText(JSON.parse(inner));
  } catch {
    return inner;
  }
}
