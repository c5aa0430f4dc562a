import { goldenToServer } from '@parley/protocol/golden';
import { type GatewayProcess, startGateway } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type RawClient, openRawClient } from './raw-client.ts';
import { type Witness, openWitness } from './witness.ts';

/** Official clients ask for exactly these. */
const HEADERS = 'content-type,x-call-id,x-call-report-id,x-voice-sdk-id';
const offer = goldenToServer['telnyx_rtc.invite'].find(({ decoded }) => decoded.trickle)?.decoded.sdp ?? '';

let gateway: GatewayProcess;
let alice: RawClient;
let witness: Witness;
/** Of the call of alice that has just ended. */
let ids: Record<string, string>;

beforeAll(async () => {
  gateway = await startGateway();
  witness = await openWitness(gateway.signaling, 'bob');
  alice = await openRawClient(gateway.signaling);
  await alice.enter('alice');
  const { result } = await alice.request('telnyx_rtc.gatewayState');
  const callReportId = /"call_report_id":"([^"]+)"/.exec(JSON.stringify(result))?.[1] ?? '';
  const dialogParams = { callID: 'reported', destination_number: 'nobody-there' };
  await alice.request('telnyx_rtc.invite', { sdp: offer, trickle: true, dialogParams });
  await alice.push('telnyx_rtc.bye');
  ids = { 'x-call-report-id': callReportId, 'x-call-id': 'reported' };
});
afterAll(async () => {
  await witness.assertUntouched();
  witness.leave();
  alice.close();
  await gateway.stop();
});

function post(headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(`${gateway.origin}/call_report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

describe('a call report', () => {
  test('is asked for beforehand by a page, and may come [REPORT-1]', async () => {
    const { status, headers } = await fetch(`${gateway.origin}/call_report`, {
      method: 'OPTIONS',
      headers: {
        origin: gateway.origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': HEADERS,
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(gateway.origin);
    const allowed = headers.get('access-control-allow-headers')?.split(/\s*,\s*/);
    expect(allowed?.toSorted()).toEqual(HEADERS.split(','));
  });

  test('of nearly 2 MiB, is taken [REPORT-1]', async () => {
    const logs = Array.from({ length: 1900 }, () => ({ level: 'info', message: 'x'.repeat(1000) }));
    const body = JSON.stringify({ summary: { callId: 'reported' }, stats: [], logs });
    expect((await post(ids, body)).status).toBe(204);
  });

  test('of more, is refused', async () => {
    expect((await post(ids, `"${'x'.repeat(2 * 1024 * 1024)}"`)).status).toBe(413);
  });

  test.each([
    ['without ids', () => ({})],
    ['with ids that were guessed', () => ({ 'x-call-report-id': 'guess', 'x-call-id': 'guess' })],
    ['with the id of another call', () => ({ ...ids, 'x-call-id': 'another' })],
    ['with a guessed report id', () => ({ ...ids, 'x-call-report-id': '__proto__' })],
  ])('%s, is refused [REPORT-2]', async (_name, headers) => {
    const { status } = await post(headers(), '{"summary":{},"stats":[]}');
    expect(status).toBe(404);
  });

  test.each([
    ['is not JSON', 'hello'],
    ['is cut off', '{"summary":'],
    ['is null', 'null'],
    ['is a number', '7'],
    ['is deep', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['brings a prototype', '{"summary":{"__proto__":{"polluted":1}},"__proto__":{"stats":[]}}'],
    ['has statistics that are none', '{"summary":7,"stats":{"length":-1},"logs":"x"}'],
  ])('that %s, is answered and does no harm', async (_name, body) => {
    const { status } = await post(ids, body);
    expect([204, 400]).toContain(status);
    gateway.assertHealthy();
    await witness.assertUntouched();
  });
});
