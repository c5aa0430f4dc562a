import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HttpFixture, startHttp } from './http.fixture.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ host: '127.0.0.1', allowedOrigins: ['https://app.example.com'] });
});
afterAll(() => http.close());

const known = { 'x-call-report-id': 'report-1', 'x-call-id': 'call-1', 'x-voice-sdk-id': 'n1-abc' };

function post(body: unknown, headers: Record<string, string> = known): Promise<Response> {
  return fetch(`${http.url}/call_report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://app.example.com', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const stored = async () => http.store.callReports.ofCall('report-1', 'call-1');
const countOf = async (outcome: string) => {
  const metrics = await (await fetch(`${http.url}/metrics`)).text();
  return Number(new RegExp(`parley_call_reports_total{outcome="${outcome}"} (\\d+)`).exec(metrics)?.[1] ?? 0);
};

describe('a call report', () => {
  it('of a known call, is stored with whose call it was', async () => {
    const before = await countOf('stored');
    const response = await post({ summary: { callId: 'call-1' }, stats: [], segment: 3 });
    expect(response.status).toBe(204);
    expect((await stored()).at(-1)).toMatchObject({
      callReportId: 'report-1',
      callId: 'call-1',
      voiceSdkId: 'n1-abc',
      credentialId: 'id-of-alice',
      segment: 3,
      receivedAt: http.clock.now,
      body: '{"summary":{"callId":"call-1"},"stats":[],"segment":3}',
    });
    expect(await countOf('stored')).toBe(before + 1);
  });

  it('of a call told in one piece, by a client without a voice_sdk_id, is stored', async () => {
    expect(
      (await post({ stats: [] }, { 'x-call-report-id': 'report-1', 'x-call-id': 'call-1' })).status,
    ).toBe(204);
    expect((await stored()).at(-1)).toMatchObject({ voiceSdkId: null, segment: null });
  });

  it('that comes again, as its answer was lost, is answered as before, and neither stored nor rated twice [REPORT-5]', async () => {
    const row = { intervalEndUtc: new Date(http.clock.now).toISOString(), audio: {}, quality: { mos: 4 } };
    const worse = { ...row, quality: { mos: 2 } };
    const score = async () => (await http.store.callArchive.find('id of call-1'))?.mos;
    const before = (await stored()).length;
    for (const stats of [[row], [worse], [worse]])
      expect((await post({ segment: 41, stats })).status).toBe(204);
    expect((await stored()).length).toBe(before + 2);
    expect(await score()).toBe(3);
  });

  it('with secrets, is stored without them [REPORT-4]', async () => {
    const frame = JSON.stringify({
      method: 'login',
      params: { login: 'alice', passwd: 'hunter22', login_token: jwt },
    });
    await post({ logs: [{ message: 'SEND: \n', context: { args: ['SEND: \n', frame] } }], note: 'hunter22' });
    const body = (await stored()).at(-1)?.body ?? '';
    expect(body).toContain('alice');
    expect(body).not.toContain('hunter22');
    expect(body).not.toContain('eyJ');
  });

  it.each([
    ['of an unknown call', { ...known, 'x-call-id': 'call-2' }],
    ['of an unknown report id', { ...known, 'x-call-report-id': 'report-2' }],
    ['without a call', { 'x-call-report-id': 'report-1' }],
    ['without a report id', { 'x-call-id': 'call-1' }],
    ['with an empty id', { ...known, 'x-call-id': '' }],
  ])('%s, is refused and not stored', async (_, headers) => {
    const [before, refused] = [(await stored()).length, await countOf('refused')];
    const response = await post({ stats: [] }, headers);
    expect(response.status).toBe(404);
    expect((await stored()).length).toBe(before);
    expect(await countOf('refused')).toBe(refused + 1);
  });

  it.each([
    ['no object', '[]'],
    ['nothing', 'null'],
    ['no JSON', '{'],
    ['empty', ''],
    ['nested without end', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['of a segment that is no number', '{"segment":"1"}'],
    ['poisoned', '{"__proto__":{"a":1}}'],
  ])('that is %s, is refused and not stored', async (_, body) => {
    const before = (await stored()).length;
    expect((await post(body)).status).toBe(400);
    expect((await stored()).length).toBe(before);
  });

  it('of 2 MiB, is stored; a larger one is refused with a status that the page can read', async () => {
    const shell = JSON.stringify({ logs: [''] }).length;
    const fits = await post({ logs: ['x'.repeat(2 * 1024 * 1024 - shell)] });
    expect(fits.status).toBe(204);
    const tooLarge = await post({ logs: ['x'.repeat(2 * 1024 * 1024 - shell + 1)] });
    expect(tooLarge.status).toBe(413);
    expect(tooLarge.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  });

  it('past what a call can have to tell, is refused [REPORT-3]', async () => {
    const report = {
      ...(await stored())[0],
      callReportId: 'report-1',
      callId: 'call-1',
      voiceSdkId: null,
      credentialId: 'x',
      segment: 0,
      receivedAt: 0,
    };
    for (
      let index = (await http.store.callReports.sizeOfCall('report-1', 'call-1')).segments;
      index < 600;
      index += 1
    ) {
      await http.store.callReports.insert({
        ...report,
        id: `filler-${String(index)}`,
        body: String(index),
      });
    }
    expect((await post({ stats: [] })).status).toBe(413);
    await http.store.callReports.prune(Number.MAX_SAFE_INTEGER);
  });
});

describe('a page of another origin', () => {
  /** fetch sends no preflight by itself, and hides what a browser would hide. */
  function preflight(origin: string) {
    return fetch(`${http.url}/call_report`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-call-id,x-call-report-id,x-voice-sdk-id',
      },
    });
  }

  it('that is allowed, may send what the official client sends', async () => {
    const { status, headers } = await preflight('https://app.example.com');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(headers.get('access-control-allow-methods')).toBe('POST');
    expect(headers.get('access-control-allow-headers')?.split(',')).toEqual(
      expect.arrayContaining(['content-type', 'x-call-id', 'x-call-report-id', 'x-voice-sdk-id']),
    );
    expect(headers.get('vary')).toContain('origin');
  });

  it('that is not allowed, is refused', async () => {
    const { status, headers } = await preflight('https://evil.example');
    expect(status).toBe(403);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect((await post({ stats: [] }, { ...known, origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('a report that nobody asked for', () => {
  it('is refused before its body is read', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${http.url}/call_report`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': 1_000_000 },
      });
      request.once('response', (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.once('error', reject);
      request.write('{');
    });
    expect(status).toBe(404);
  });
});
