import { afterEach, beforeEach, expect, it } from 'vitest';
import { causes } from '@parley/protocol';
import { WebSocket } from 'ws';
import { temporaryFolder } from './config/temporary-folder.fixture.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { connectRaw } from './node/raw-client.fixture.ts';
import { FakeMediaPlane } from './signaling.fixture.ts';

let gateway: Gateway;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  const data = await temporaryFolder();
  gateway = await createGateway(
    { port: 0, data, noTurn: true, trustProxy: ['127.0.0.1'], logLevel: 'silent' },
    { media: new FakeMediaPlane() },
  );
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await gateway.close(false);
});

/** @returns the status of the answer to the upgrade */
async function connect(address: string): Promise<number> {
  const socket = new WebSocket(gateway.url.replace('http', 'ws'), {
    headers: { 'x-forwarded-for': address },
  });
  sockets.push(socket);
  socket.on('error', () => undefined);
  return await new Promise((resolve) => {
    socket.once('open', () => {
      resolve(101);
    });
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
  });
}

it('takes 20 sockets without a login from each address that a proxy names, and refuses the next one', async () => {
  for (let count = 0; count < 20; count += 1) expect(await connect('203.0.113.5')).toBe(101);
  expect(await connect('203.0.113.5')).toBe(429);
  expect(await connect('203.0.113.6')).toBe(101);
  for (let host = 0; host < 20; host += 1) expect(await connect(`2001:db8::${String(host)}`)).toBe(101);
  expect(await connect('2001:db8::ffff')).toBe(429);
  sockets[0]?.terminate();
  await expect.poll(() => connect('203.0.113.5')).toBe(101);
});

it('ends the call of a client that is gone for good after --hold-seconds, with its cause, and counts it [RESUME-7]', async () => {
  const media = new FakeMediaPlane();
  const data = await temporaryFolder();
  const settings = { port: 0, data, noTurn: true, demo: true, holdSeconds: 1, logLevel: 'silent' } as const;
  const demo = await createGateway(settings, { media });
  const metric = async (line: string) =>
    (await (await fetch(`${demo.url}/metrics`)).text()).split('\n').includes(line);
  try {
    const [alice, bob] = [await connectRaw(demo.url), await connectRaw(demo.url)];
    await alice.request('login', { login: 'alice', passwd: 'alice' });
    await bob.request('login', { login: 'bob', passwd: 'bob' });
    await alice.request('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: 'bob' },
    });
    const { callID } = await bob.told('telnyx_rtc.invite');
    await bob.request('telnyx_rtc.answer', { sdp: 'answer', dialogParams: { callID } });
    expect(await metric('parley_calls{state="established"} 1')).toBe(true);
    alice.socket.terminate();
    expect(await bob.told('telnyx_rtc.bye')).toMatchObject({ callID, ...causes.destinationOutOfOrder });
    expect(media.legs.size).toBe(0);
    expect(await metric('parley_calls{state="established"} 0')).toBe(true);
    expect(await metric('parley_calls_ended_total{cause="DESTINATION_OUT_OF_ORDER"} 1')).toBe(true);
  } finally {
    await demo.close(false);
  }
});

it('breaks a session on purpose where --allow-simulate or --demo is given, and nowhere else', async () => {
  const data = await temporaryFolder();
  const settings = { port: 0, data, noTurn: true, demo: true, logLevel: 'silent' } as const;
  const demo = await createGateway(settings, { media: new FakeMediaPlane() });
  try {
    const alice = await connectRaw(demo.url);
    const { result } = await alice.request('login', { login: 'alice', passwd: 'alice' });
    const simulate = async (url: string, apiKey: string | undefined) =>
      await fetch(`${url}/v2/sessions/${String(result?.['sessid'])}/simulate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${String(apiKey)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ fault: 'server-leaves', seconds: 3 }),
      });
    expect((await simulate(demo.url, demo.demoApiKey)).status).toBe(200);
    expect(await alice.closed).toMatchObject({ code: 1012, reason: expect.stringMatching(/retry-after=3$/) });
    const openapi = await fetch(`${demo.url}/v2/openapi.json`);
    expect(await openapi.json()).toMatchObject({
      paths: { '/v2/sessions': {}, '/v2/sessions/{id}/simulate': { post: { tags: ['Sessions'] } } },
    });
  } finally {
    await demo.close(false);
  }
  for (const [allowSimulate, status] of [
    [false, 403],
    [true, 404],
  ] as const) {
    const plain = await createGateway(
      { ...settings, demo: false, allowSimulate },
      { media: new FakeMediaPlane() },
    );
    try {
      const refused = await fetch(`${plain.url}/v2/sessions/none/simulate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${String(demo.demoApiKey)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ fault: 'drop' }),
      });
      expect(refused.status).toBe(status);
    } finally {
      await plain.close(false);
    }
  }
});
