import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMediaDetour, openTcpRelay, type Person, wait } from '@parley/testkit';
import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { expectWithin } from '../figures.ts';
import { isTold, keptCall, untilKept } from './kept-calls.ts';
import { openReportFront, type Reception } from './report-front.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();
const PASSWORD = 'PASS-WORD-of-carol';
const HEADER = 'HEADER-of-carol';

afterEach(() => stage.clear());

async function callEcho(person: Person, seconds: number) {
  const call = await person.dial('echo', { customHeaders: [{ name: 'X-Secret', value: HEADER }] });
  await call.until('active');
  await wait(seconds * 1000);
  return call;
}

/** What a page writes to its console, with all that is in it. */
function listenToConsole({ page }: Person): { level: string; text: Promise<string> }[] {
  const lines: { level: string; text: Promise<string> }[] = [];
  page.on('console', (message) => {
    const parts = message.args().map(async (part) => JSON.stringify(await part.jsonValue().catch(() => '')));
    lines.push({ level: message.type(), text: Promise.all(parts).then((all) => all.join(' ')) });
  });
  return lines;
}

describe('the report of a call', () => {
  test('E1: over a reconnect, silence of its own, a burst of loss and another microphone, tells of all of it and no secret', async () => {
    await stage.gateway.createUser({ sip_username: 'carol', sip_password: PASSWORD });
    const detour = await openMediaDetour(stage.gateway.signaling);
    const relay = await openTcpRelay({ host: '127.0.0.1', port: Number(new URL(detour.signaling).port) });
    const [carol, bob] = await Promise.all([
      stage.enter('carol', {
        client: 'ours',
        tone: 440,
        signaling: `ws://127.0.0.1:${relay.port}`,
        options: { password: PASSWORD, debug: true, callReportInterval: 1_000 },
      }),
      stage.enter('bob', { client: 'ours' }),
    ]);
    const written = listenToConsole(carol);
    const outgoing = await carol.dial('bob', { customHeaders: [{ name: 'X-Secret', value: HEADER }] });
    const incoming = await bob.ringing();
    await incoming.invoke('answer');
    await outgoing.until('active');
    await wait(2_000);
    relay.cut();
    await wait(2_000);
    await outgoing.invoke('muteAudio');
    await wait(3_000);
    await outgoing.invoke('unmuteAudio');
    detour.impair({ loss: 0.25 });
    await wait(5_000);
    detour.impair({ loss: 0 });
    await carol.page.evaluate(() => window.phone.ledger.unplugMicrophones());
    await wait(3_000);
    await outgoing.invoke('hangup');
    await outgoing.until('destroy');

    const file = await untilKept(stage.gateway, outgoing.id, isTold);
    const leg = file.legs.find(({ callId }) => callId === outgoing.id);
    expect(file.call).toMatchObject({ caller: 'carol', callee: 'bob', cause: 'NORMAL_CLEARING' });
    expect(file.legs.map(({ role, user }) => [role, user])).toEqual([
      ['caller', 'carol'],
      ['callee', 'bob'],
    ]);
    const rows = leg?.reports.flatMap(({ stats }) => stats) ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.at(-1)).toMatchObject({
      connection: { currentRoundTripTime: expect.any(Number) },
      audio: { inbound: { jitterAvg: expect.any(Number), packetsLost: expect.any(Number) } },
      ice: { state: 'succeeded', local: { candidateType: expect.any(String) } },
    });
    expect(Math.max(...rows.map(({ quality }) => quality?.loss ?? 0))).toBeGreaterThan(0.1);
    const records = leg?.reports.flatMap(({ logs }) => logs ?? []) ?? [];
    const events = records.map(
      ({ context }) => `${String(context?.['category'])} ${String(context?.['event'])}`,
    );
    for (const event of [
      'connection closed',
      'connection status',
      'call muted',
      'call unmuted',
      'quality raised',
      'device lost',
      'device changed',
      'ice pair',
      'call ended',
    ])
      expect(events, event).toContain(event);
    expect(leg?.reports.map(({ flushReason }) => flushReason?.type)).toContain('socket-close');

    const seen = [
      JSON.stringify(file),
      ...stage.gateway.log.entries,
      ...(await Promise.all(written.map(({ text }) => text))),
      await carol.page.evaluate(() =>
        JSON.stringify([sessionStorage, localStorage].map((kept) => Object.entries(kept))),
      ),
    ];
    expect(written.some(({ level }) => level === 'debug')).toBe(true);
    for (const secret of [PASSWORD, HEADER]) expect(seen.filter((text) => text.includes(secret))).toEqual([]);
    expect(seen.filter((text) => /a=ice-pwd:[\w+/]/.test(text))).toEqual([]);
    await relay.close();
    await detour.close();
  });

  test('E1: outlives a tab that is closed', async () => {
    const alice = await stage.enter('alice', { client: 'ours' });
    const call = await callEcho(alice, 3);
    await alice.page.close({ runBeforeUnload: true });
    const file = await untilKept(stage.gateway, call.id, ({ reports }) => reports.length > 0);
    const [report] = file.legs[0]?.reports ?? [];
    expect(report?.flushReason).toEqual({ type: 'page-unload' });
    expect(report?.stats.length).toBeGreaterThanOrEqual(2);
  });

  test('E1: with enableCallReports: false, there is none', async () => {
    const alice = await stage.enter('alice', { client: 'ours', options: { enableCallReports: false } });
    const posts: string[] = [];
    alice.page.on('request', (request) => posts.push(request.url()));
    const call = await callEcho(alice, 2);
    await call.invoke('hangup');
    await call.until('destroy');
    await wait(1_000);
    expect(posts.filter((url) => url.includes('call_report'))).toEqual([]);
    expect(alice.events.entries.filter(({ name }) => name.startsWith('telnyx.stats'))).toEqual([]);
    expect((await keptCall(stage.gateway, call.id))?.legs[0]?.reports).toEqual([]);
  });

  test.each<Reception>(['hang', 500, 413, 'slow'])(
    'where reports are met with %s, delays no hangup; what can still be taken is taken later',
    async (reception) => {
      const front = await openReportFront(stage.gateway.signaling);
      front.receive(reception);
      const alice = await stage.enter('alice', { client: 'ours', signaling: front.signaling });
      const call = await callEcho(alice, 2);
      const hungUpAt = Date.now();
      await call.invoke('hangup');
      await call.until('destroy');
      expectWithin(`hangup, reports: ${reception}`, { ended: Date.now() - hungUpAt }, { ended: 2_500 });
      await expect.poll(() => front.sizes.length, { timeout: 10_000 }).toBeGreaterThan(0);
      front.receive('take');
      if (reception === 500 || reception === 'slow') await untilKept(stage.gateway, call.id, isTold);
      const second = await callEcho(alice, 0);
      await second.invoke('hangup');
      await second.until('destroy');
      if (reception === 413) await untilKept(stage.gateway, second.id, isTold);
      await front.close();
    },
  );
});

describe('an application that debugs', () => {
  let downloads: string | undefined;

  afterAll(async () => {
    if (downloads !== undefined) await rm(downloads, { recursive: true, force: true });
  });

  test.each([false, true])('F1: with debug: %s, the console has what it should', async (debug) => {
    const alice = await stage.enter('alice', { client: 'ours', options: { debug }, register: false });
    const lines = listenToConsole(alice);
    await alice.register();
    const call = await callEcho(alice, 1);
    await call.invoke('hangup');
    await call.until('destroy');
    await wait(300);
    const texts = await Promise.all(lines.map(async ({ level, text }) => `${level} ${await text}`));
    if (!debug) {
      expect(texts.filter((text) => !/^(warn|error)/.test(text))).toEqual([]);
      return;
    }
    const all = texts.join('\n');
    for (const part of ['→ login', 'telnyx_rtc.invite', 'v=0', 'is active', 'connected: '])
      expect(all, part).toContain(part);
    expect(all).not.toMatch(/"passwd":"alice"|a=ice-pwd:[\w+/]/);
  });

  test('F2: with debugOutput: socket, the gateway has it in order, and nothing is downloaded', async () => {
    const alice = await stage.enter('alice', {
      client: 'ours',
      options: { debug: true, debugOutput: 'socket' },
    });
    const folder = await allowDownloads(alice);
    const call = await callEcho(alice, 3);
    await call.invoke('hangup');
    await call.until('destroy');
    const file = await untilKept(
      stage.gateway,
      call.id,
      ({ debug, debugRows = [] }) =>
        debug.some(({ context }) => context?.['event'] === 'ended') && debugRows.length >= 2,
    );
    const records = file.legs[0]?.debug ?? [];
    expect([records.at(0), records.at(-1)]).toMatchObject([
      { context: { category: 'debug', event: 'start' } },
      { context: { category: 'debug', event: 'stop' } },
    ]);
    const times = records.slice(1, -1).map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort());
    const types = alice.frames.entries.flatMap(
      ({ text }) => /"type":"debug_report_(\w+)"/.exec(text)?.[1] ?? [],
    );
    expect([types[0], types.at(-1)]).toEqual(['start', 'stop']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('F3: with debugOutput: file, one file is downloaded at the end, and nothing is sent', async () => {
    const alice = await stage.enter('alice', {
      client: 'ours',
      options: { debug: true, debugOutput: 'file' },
    });
    const folder = await allowDownloads(alice);
    const call = await callEcho(alice, 3);
    expect(await readdir(folder)).toEqual([]);
    await call.invoke('hangup');
    await call.until('destroy');
    const names = () => readdir(folder).then((all) => all.filter((name) => name.endsWith('.json')));
    await expect.poll(names, { timeout: 10_000 }).toHaveLength(1);
    const [name = ''] = await names();
    expect(name).toMatch(/^webrtc-stats-.*\.json$/);
    const file = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
      callId: string;
      stats: unknown[];
    };
    expect(file.callId).toBe(call.id);
    expect(file.stats.length).toBeGreaterThanOrEqual(2);
    expect(alice.frames.entries.filter(({ text }) => text.includes('debug_report'))).toEqual([]);
  });

  test('F4: debugOutput without debug does nothing', async () => {
    const alice = await stage.enter('alice', { client: 'ours', options: { debugOutput: 'file' } });
    const folder = await allowDownloads(alice);
    const call = await callEcho(alice, 1);
    await call.invoke('hangup');
    await call.until('destroy');
    await wait(1_000);
    expect(await readdir(folder)).toEqual([]);
    expect(alice.frames.entries.filter(({ text }) => text.includes('debug_report'))).toEqual([]);
  });

  async function allowDownloads({ page }: Person): Promise<string> {
    downloads ??= await mkdtemp(join(tmpdir(), 'parley-downloads-'));
    const folder = await mkdtemp(join(downloads, 'call-'));
    const session = await page.createCDPSession();
    await session.send('Browser.setDownloadBehavior', {
      behavior: 'allow',
      downloadPath: folder,
      ...(page.browserContext().id === undefined ? {} : { browserContextId: page.browserContext().id ?? '' }),
    });
    return folder;
  }
});
