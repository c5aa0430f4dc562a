import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from './config/temporary-folder.fixture.ts';
import { createGateway } from './gateway.ts';
import { connectRaw, type RawClient } from './node/raw-client.fixture.ts';
import { FakeMediaPlane } from './signaling.fixture.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
  links: z.array(z.object({ spanId: z.string() })).default([]),
});
const exportSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});
type SentSpan = z.output<typeof spanSchema>;

/** Takes spans as a collector does. */
async function startCollector() {
  const spans: SentSpan[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      bodies.push(`${request.url ?? ''} ${body}`);
      for (const { scopeSpans } of exportSchema.parse(JSON.parse(body)).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${String(port)}`, spans, bodies };
}

async function startGateway(otlpEndpoint: string | null) {
  const settings = {
    port: 0,
    data: await temporaryFolder(),
    noTurn: true,
    demo: true,
    logLevel: 'silent',
  } as const;
  const gateway = await createGateway({ ...settings, otlpEndpoint }, { media: new FakeMediaPlane() });
  closers.push(() => gateway.close(false));
  return gateway;
}

const alicesTrace = 'a'.repeat(32);
const bobsTrace = 'b'.repeat(32);
const traceparent = (traceId: string, spanId: string) => ({ traceparent: `00-${traceId}-${spanId}-01` });

async function signedIn(url: string, user: string): Promise<RawClient> {
  const client = await connectRaw(url);
  const parley = { capabilities: ['traceContext'] };
  await client.request('login', { login: user, passwd: user, parley });
  return client;
}

async function callAndHangUp(url: string): Promise<void> {
  const [alice, bob] = [await signedIn(url, 'alice'), await signedIn(url, 'bob')];
  await alice.request('telnyx_rtc.invite', {
    sdp: 'offer',
    dialogParams: {
      callID: 'a-1',
      destination_number: 'bob',
      custom_headers: [{ name: 'X-Secret', value: 'hunter22' }],
      parley: traceparent(alicesTrace, '1'.repeat(16)),
    },
  });
  const { callID } = await bob.told('telnyx_rtc.invite');
  await bob.request('telnyx_rtc.answer', {
    sdp: 'answer',
    dialogParams: { callID, parley: traceparent(bobsTrace, '2'.repeat(16)) },
  });
  await alice.told('telnyx_rtc.answer');
  await alice.request('telnyx_rtc.bye', { dialogParams: { callID: 'a-1' } });
  await bob.told('telnyx_rtc.bye');
}

describe('a gateway with a collector', () => {
  it('grants the capability, and sends spans of a call that are children of its clients’ [EXT-18]', async () => {
    const collector = await startCollector();
    const gateway = await startGateway(collector.url);
    await callAndHangUp(gateway.url);
    await gateway.close(false);
    closers.pop();
    const named = (name: string) => collector.spans.filter((span) => span.name === name);
    const [call, ...otherCalls] = named('call');
    expect(otherCalls).toEqual([]);
    expect(call).toMatchObject({ traceId: alicesTrace, parentSpanId: '1'.repeat(16) });
    const legs = named('leg');
    expect(legs.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
      [alicesTrace, call?.spanId],
      [alicesTrace, call?.spanId],
    ]);
    const legOf = (role: string) => legs.find((leg) => JSON.stringify(leg.attributes).includes(`"${role}"`));
    expect(named('telnyx_rtc.invite')).toMatchObject([{ traceId: alicesTrace, parentSpanId: call?.spanId }]);
    expect(named('telnyx_rtc.answer')).toMatchObject([
      { traceId: bobsTrace, parentSpanId: '2'.repeat(16), links: [{ spanId: legOf('callee')?.spanId }] },
    ]);
    expect(named('telnyx_rtc.bye')).toMatchObject([
      { traceId: alicesTrace, parentSpanId: legOf('caller')?.spanId },
    ]);
    expect(JSON.stringify(call?.attributes)).toContain('NORMAL_CLEARING');
    expect(collector.bodies.join()).not.toMatch(/hunter22|alice|bob/);
    expect(collector.bodies.every((body) => body.startsWith('/v1/traces '))).toBe(true);
  });

  it('that does not answer, carries calls as ever, and stops soon', async () => {
    const gateway = await startGateway('http://127.0.0.1:9');
    await callAndHangUp(gateway.url);
    const stoppedAt = performance.now();
    await gateway.close(false);
    closers.pop();
    expect(performance.now() - stoppedAt).toBeLessThan(15_000);
  });
});

describe('a gateway without a collector', () => {
  it('does not grant the capability [EXT-18]', async () => {
    const gateway = await startGateway(null);
    const alice = await connectRaw(gateway.url);
    const parley = { capabilities: ['traceContext', 'recovery'] };
    const { result } = await alice.request('login', { login: 'alice', passwd: 'alice', parley });
    expect(result).toMatchObject({ parley: { granted: ['recovery'] } });
  });
});
