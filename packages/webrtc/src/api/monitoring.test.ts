import type { CallReport } from '@parley/protocol';
import { CALL_ANSWERED, fakeSdp, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';
import type { IStatsFrame, IStatsReport } from './events.ts';
import type { IClientOptions } from './options.ts';
import type { ITelnyxWarningEvent } from './warnings.ts';

let gateway: ScriptedGateway;
let alice: Alice;
let frames: IStatsFrame[];
let reports: IStatsReport[];
let cleared: ITelnyxWarningEvent[];

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
  frames = [];
  reports = [];
  cleared = [];
});

async function talk(options: IClientOptions = {}): Promise<Call> {
  alice = new Alice(gateway, options);
  alice.isWatched = true;
  alice.client
    .on('telnyx.stats.frame', (frame) => frames.push(frame))
    .on('telnyx.stats.report', (report) => reports.push(report))
    .on('telnyx.warning.cleared', (event) => cleared.push(event));
  await alice.client.connect();
  await settle();
  return alice.talk();
}

const bodies = (): CallReport[] => alice.posted.map(({ body }) => JSON.parse(body) as CallReport);
/** Receives `packets` and loses `lost` of them a second from now on. */
function receive(packets: number, lost: number): void {
  const [peer] = alice.media.openPeers;
  const began = alice.clock.now();
  if (!peer) throw new Error('There is no peer connection.');
  const seconds = (): number => (alice.clock.now() - began) / 1000;
  Object.defineProperty(peer, 'inbound', {
    configurable: true,
    get: () => ({
      jitter: 0.004,
      packetsReceived: Math.round(seconds() * (packets - lost)),
      packetsLost: Math.round(seconds() * lost),
    }),
  });
}

describe('a call that is measured', () => {
  it.each([
    [1_000, 30],
    [3_000, 10],
    [5_000, 6],
    [undefined, 6],
  ])('every %s ms, tells %i frames in 30 s, and none after its end', async (callReportInterval, count) => {
    const call = await talk({ callReportInterval });
    receive(50, 0);
    await alice.clock.advance(30_000);
    expect(frames).toHaveLength(count);
    expect(frames.at(-1)).toMatchObject({
      callId: call.id,
      jitter: 0.004,
      jitterMs: 4,
      quality: 'excellent',
    });
    await call.hangup();
    await alice.clock.advance(30_000);
    expect(frames).toHaveLength(count);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('tells once at its end how it was: means of the frames, totals, times', async () => {
    const call = await talk({ callReportInterval: 1_000 });
    receive(50, 1);
    await alice.clock.advance(10_000);
    await call.hangup();
    await alice.clock.advance(10_000);
    expect(reports).toHaveLength(1);
    const [report] = reports;
    expect(report).toMatchObject({
      callId: call.id,
      cause: 'NORMAL_CLEARING',
      frames: 10,
      durationSeconds: 10,
    });
    const mean = frames.reduce((sum, { mos = Number.NaN }) => sum + mos, 0) / frames.length;
    expect(report?.mean.mos).toBeCloseTo(mean, 6);
    expect(report?.mean.packetLoss).toBeCloseTo(0.02, 2);
    expect([...(report ?? [])]).toHaveLength(10);
    for (const mark of [report?.timings.answered, report?.timings.connected])
      expect(mark).toBeGreaterThanOrEqual(0);
  });

  it('that is not answered, is told of as well, without a figure', async () => {
    gateway.on('telnyx_rtc.invite', () => undefined);
    const call = await talk();
    await call.hangup();
    await alice.clock.advance(5_000);
    expect(reports).toMatchObject([{ callId: call.id, durationSeconds: 0, frames: 0, mean: {} }]);
    expect(bodies()).toMatchObject([{ summary: { callId: call.id }, stats: [] }]);
  });

  it('warns of what is wrong by code, again while it lasts, and says when it is over; not in hold', async () => {
    await talk();
    receive(50, 3);
    await alice.clock.advance(5_000);
    expect(alice.warningCodes).toContain(31003);
    const before = alice.warningCodes.filter((code) => code === 31003).length;
    await alice.clock.advance(15_000);
    expect(alice.warningCodes.filter((code) => code === 31003)).toHaveLength(before + 1);
    receive(50, 0);
    await alice.clock.advance(5_000);
    expect(cleared.map(({ warning }) => warning.code)).toContain(31003);
  });

  it('every 100 ms, is still reported and judged by the second', async () => {
    const call = await talk({ callReportInterval: 100 });
    receive(50, 3);
    await alice.clock.advance(2_500);
    expect(frames.length).toBeGreaterThanOrEqual(24);
    expect(alice.warningCodes).not.toContain(31003);
    await alice.clock.advance(3_000);
    expect(alice.warningCodes).toContain(31003);
    await call.hangup();
    await alice.clock.advance(0);
    expect(bodies()[0]?.stats.length).toBeLessThanOrEqual(7);
  });

  it('that is shorter than an interval, has a mean as well', async () => {
    const call = await talk();
    receive(50, 0);
    await alice.clock.advance(3_000);
    await call.hangup();
    await alice.clock.advance(1_000);
    expect(frames).toEqual([]);
    expect(reports[0]?.mean).toMatchObject({ quality: 'excellent' });
  });

  it('that is held while its media is made anew, stays held in the report, and warns of nothing', async () => {
    const call = await talk();
    receive(50, 0);
    await call.hold();
    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer'), parley: { epoch: 1 } });
    await alice.clock.advance(8_000);
    const before = alice.warningCodes.filter((code) => code < 33000);
    await call.hangup();
    await alice.clock.advance(1_000);
    const events = bodies().flatMap(({ logs = [] }) => logs.map(({ context }) => context?.['event']));
    expect(events.filter((event) => event === 'held' || event === 'unheld')).toEqual(['held']);
    expect(before).toEqual([]);
  });

  it('with enableCallReports: false, tells nothing and posts nothing', async () => {
    const call = await talk({ enableCallReports: false });
    receive(50, 3);
    await alice.clock.advance(30_000);
    await call.hangup();
    await alice.clock.advance(1_000);
    expect([frames, reports, alice.posted, alice.warningCodes]).toEqual([[], [], [], []]);
  });
});

describe('the report of a call', () => {
  it('is posted at the end, to the host of the socket, with the ids of the call', async () => {
    const call = await talk({ env: 'wss://gateway.test:8443/path?query=1' });
    receive(50, 0);
    await alice.clock.advance(3_000);
    await call.hangup();
    await alice.clock.advance(0);
    expect(alice.posted).toHaveLength(1);
    expect(alice.posted[0]).toMatchObject({
      url: 'https://gateway.test:8443/call_report',
      headers: { 'x-call-id': call.id, 'x-call-report-id': 'R', 'content-type': 'application/json' },
    });
    const [report] = bodies();
    expect(report?.stats).toHaveLength(3);
    expect(report?.segment).toBeUndefined();
    expect(report?.summary).toMatchObject({
      cause: 'NORMAL_CLEARING',
      durationSeconds: 3,
      direction: 'outbound',
    });
    const events = report?.logs?.map(({ context }) => context?.['event']);
    expect(events).toEqual(expect.arrayContaining(['sent', 'received', 'state', 'ended']));
  });

  it('is posted in segments: after each interval, and when the socket closes', async () => {
    const call = await talk({ callReportFlushInterval: 10_000 });
    receive(50, 0);
    await alice.clock.advance(10_500);
    gateway.survivors = [call.id];
    gateway.cut();
    await alice.clock.advance(2_000);
    await call.hangup();
    await alice.clock.advance(1_000);
    expect(bodies().map(({ flushReason, segment }) => [segment, flushReason?.type])).toEqual([
      [0, 'interval'],
      [1, 'socket-close'],
      [2, undefined],
    ]);
    expect(bodies().flatMap(({ stats }) => stats)).toHaveLength(12);
  });

  it('goes to the session in which the call began, whatever login comes later', async () => {
    const call = await talk();
    receive(50, 0);
    await alice.clock.advance(2_000);
    gateway.on('telnyx_rtc.gatewayState', (request, to) => {
      to.answer(request, { params: { state: 'REGED', call_report_id: 'OTHER' }, sessid: 'S' });
    });
    gateway.survivors = [call.id];
    gateway.cut();
    await alice.clock.advance(2_000);
    await call.hangup();
    await alice.clock.advance(1_000);
    expect(new Set(alice.posted.map(({ headers }) => headers['x-call-report-id']))).toEqual(new Set(['R']));
    expect(alice.posted.length).toBeGreaterThan(1);
  });

  it('that a server does not take for ten minutes, is not lost', async () => {
    const call = await talk();
    receive(50, 0);
    alice.postAnswers.push(...Array.from({ length: 24 }, () => new TypeError('unreachable')));
    await alice.clock.advance(5_000);
    await call.hangup();
    await alice.clock.advance(600_000);
    await alice.clock.advance(60_000);
    expect(alice.posted.length).toBe(25);
    expect(bodies().at(-1)?.stats).toHaveLength(5);
  });

  it('has no secret in it, and nothing that an application wrote', async () => {
    gateway.on('telnyx_rtc.invite', CALL_ANSWERED);
    const iceServers = [{ urls: 'turn:turn.test', username: 'USER-NAME', credential: 'CREDEN-TIAL' }];
    await talk({ password: 'PASS-WORD', iceServers, userVariables: { key: 'VARI-ABLE' }, debug: true });
    const call = alice.client.newCall({
      destinationNumber: 'bob',
      customHeaders: [{ name: 'X-Key', value: 'HEAD-ER' }],
      clientState: 'CLIENT-STATE',
    });
    await settle();
    await alice.client.login({ creds: { password: 'OTHER-PASS' } });
    await call.hangup();
    await alice.client.disconnect();
    await alice.clock.advance(1_000);
    const all = JSON.stringify(alice.posted) + alice.console.join() + JSON.stringify([...alice.storage]);
    expect(alice.posted.length).toBeGreaterThan(0);
    expect(alice.console.length).toBeGreaterThan(0);
    expect(all).not.toMatch(
      /PASS-WORD|OTHER-PASS|CREDEN-TIAL|USER-NAME|VARI-ABLE|HEAD-ER|CLIENT-STATE|a=ice-pwd:[^…]/,
    );
  });

  it('goes with its page, by keepalive', async () => {
    await talk();
    receive(50, 0);
    await alice.clock.advance(3_000);
    alice.leavePage();
    await settle();
    expect(alice.posted.some(({ keepalive }) => keepalive)).toBe(true);
    expect(bodies()[0]).toMatchObject({ flushReason: { type: 'page-unload' }, segment: 0 });
  });
});

describe('a call whose server makes spans of calls', () => {
  it('belongs to the trace that the application names, else to none', async () => {
    gateway.on('login', LOGIN_OK({ granted: ['traceContext'] }));
    alice = await Alice.ready(gateway);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    alice.client.newCall({ destinationNumber: 'bob' });
    alice.client.newCall({ destinationNumber: 'bob', traceparent });
    await settle();
    const told = gateway.requests('telnyx_rtc.invite').map(({ params }) => params['dialogParams']);
    expect(told[0]).not.toHaveProperty('parley');
    expect(told[1]).toMatchObject({ parley: { traceparent } });
  });

  it('is told nothing of it where the server makes none', async () => {
    alice = await Alice.ready(gateway);
    alice.client.newCall({ destinationNumber: 'bob', traceparent: '00-0-0-01' });
    await settle();
    expect(JSON.stringify(gateway.requests('telnyx_rtc.invite'))).not.toContain('traceparent');
  });
});

describe('a call that is debugged', () => {
  it('with debugOutput: socket, is streamed in order, with a start and a stop, and downloads nothing', async () => {
    const call = await talk({ debug: true, debugOutput: 'socket' });
    await alice.clock.advance(3_000);
    await call.hangup();
    await alice.clock.advance(1_000);
    const sent = gateway.received.filter(({ type }) => String(type).startsWith('debug_report'));
    expect(sent[0]).toMatchObject({ type: 'debug_report_start', call_id: call.id });
    expect(sent.at(-1)).toMatchObject({ type: 'debug_report_stop' });
    expect(sent.slice(1, -1).every(({ type }) => type === 'debug_report_data')).toBe(true);
    expect(
      sent.filter(({ debug_report_data: data }) => JSON.stringify(data ?? null).includes('"row"')),
    ).toHaveLength(3);
    expect(alice.downloads).toEqual([]);
  });

  it('with debugOutput: file, is downloaded once at its end, and nothing of it is sent', async () => {
    const call = await talk({ debug: true, debugOutput: 'file' });
    await alice.clock.advance(3_000);
    await call.hangup();
    await alice.clock.advance(1_000);
    expect(alice.downloads).toHaveLength(1);
    const file: unknown = JSON.parse(alice.downloads[0]?.text ?? '');
    expect(file).toMatchObject({ callId: call.id, stats: [{}, {}, {}] });
    expect(gateway.received.filter(({ type }) => type !== undefined)).toEqual([]);
  });

  it.each([{ debugOutput: 'file' as const }, { debug: true }])('with %o alone, neither', async (options) => {
    const call = await talk(options);
    await alice.clock.advance(1_000);
    await call.hangup();
    await alice.clock.advance(1_000);
    expect(alice.downloads).toEqual([]);
    expect(gateway.received.filter(({ type }) => type !== undefined)).toEqual([]);
  });
});
