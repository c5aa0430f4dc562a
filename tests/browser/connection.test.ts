import { type Casting, type Person, type TcpRelay, openTcpRelay } from '@parley/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { type Edge, openEdge } from './edge.ts';
import { ALICE_TONE, hangUpAll } from './parties.ts';
import { expectTone } from './tone.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();
let edge: Edge;
let relay: TcpRelay;

beforeAll(async () => {
  edge = await openEdge([
    { id: 'n1', region: 'eu', mediaPorts: '44000-44099' },
    { id: 'n2', region: 'us-east', mediaPorts: '45000-45099' },
    { id: 'c1', region: 'eu', canary: true },
  ]);
  relay = await openTcpRelay({ host: '127.0.0.1', port: edge.port });
  return async () => {
    await relay.close();
    await edge.close();
  };
}, 120_000);
afterEach(() => stage.clear());

/** Signed in at a node behind the proxy. */
async function enter(options: object = {}, casting: Partial<Casting> = {}): Promise<Person> {
  const alice = await stage.enter('alice', {
    client: 'ours',
    signaling: throughRelay(),
    options,
    ...casting,
  });
  // The browser tells of a frame somewhat later than the page that got it.
  if (casting.register !== false) await expect.poll(() => places(alice)).toHaveLength(1);
  return alice;
}

const throughRelay = () => `ws://calls.test:${String(relay.port)}`;

/** The URLs of the sockets that said anything, in order. */
function urls({ frames }: Person): URL[] {
  return [...new Set(frames.entries.map(({ socket, url }) => `${String(socket)} ${url}`))].map(
    (entry) => new URL(entry.slice(entry.indexOf(' ') + 1)),
  );
}

/** The ids of the nodes at which the client was registered, one for each socket. */
function places({ frames }: Person): string[] {
  const bySocket = new Map<number, string>();
  for (const { direction, socket, text } of frames.entries) {
    const [, place] = /"dc":"(\w+)","region":"[\w-]+"/.exec(text) ?? [];
    if (direction === 'received' && place !== undefined) bySocket.set(socket, place);
  }
  return [...bySocket.values()];
}

/** Cuts the socket, and waits until the client is ready again. */
async function cut(person: Person): Promise<void> {
  const before = places(person).length;
  relay.cut();
  await expect.poll(() => places(person).length, { timeout: 10_000 }).toBeGreaterThan(before);
}

describe('B1 env', () => {
  test('the one socket goes to that origin and path, and a call completes', async () => {
    const signaling = `${stage.gateway.signaling}/some/path?tenant=7`;
    const alice = await stage.enter('alice', { client: 'ours', signaling });
    const call = await alice.dial('echo', { audio: { echoCancellation: false } });
    await call.until('active');
    await expectTone(alice, ALICE_TONE);
    await hangUpAll(call);
    expect(urls(alice).map(String)).toEqual([signaling]);
  });

  test('control: without it, nothing is asked of that host', async () => {
    const signIns = () => stage.gateway.log.entries.filter((line) => line.includes('signed in')).length;
    const before = signIns();
    const alice = await stage.enter('alice', {
      client: 'ours',
      options: { env: undefined },
      register: false,
    });
    await alice.connect();
    await alice.events.next(({ name }) => name === 'telnyx.socket.close', 'socket that cannot open', {
      withinMs: 20_000,
    });
    expect(alice.frames.entries).toEqual([]);
    expect(signIns()).toBe(before);
  });

  test.each([
    ['production', 'wss://rtc.telnyx.com'],
    ['development', 'wss://rtcdev.telnyx.com'],
  ])('%s still names the host of the vendor', async (env, host) => {
    const alice = await stage.enter('alice', { client: 'ours', options: { env }, register: false });
    expect(await alice.page.evaluate(() => window.phone.read('connection.host'))).toBe(host);
  });
});

describe('B2 region', () => {
  test.each([
    ['eu', 'n1', /^440\d\d$/],
    ['us-east', 'n2', /^450\d\d$/],
  ])(
    '%s is the region of the host, of the node, of the client and of its media',
    async (region, node, ports) => {
      const alice = await enter({ region });
      expect(urls(alice).map(({ hostname }) => hostname)).toEqual([`${region}.calls.test`]);
      expect(places(alice)).toEqual([node]);
      expect(await alice.page.evaluate(() => window.phone.read('region'))).toBe(region);
      const call = await alice.dial('echo', { audio: { echoCancellation: false } });
      await call.until('active');
      await expectTone(alice, ALICE_TONE);
      const description = alice.frames.entries.find(({ text }) => text.includes('"telnyx_rtc.answer"'))?.text;
      const [, port] = /candidate:\S+ 1 udp \d+ \S+ (\d+)/.exec(description ?? '') ?? [];
      expect(port).toMatch(ports);
    },
  );

  test('control: a host with "rtc" in its name is not mangled', async () => {
    const alice = await enter({ env: `ws://artc.calls.test:${String(relay.port)}` }, { register: false });
    await alice.connect();
    await alice.events.next(({ name }) => name === 'telnyx.socket.close', 'refusal');
    expect(await alice.page.evaluate(() => window.phone.read('connection.host'))).toBe(
      `ws://artc.calls.test:${String(relay.port)}/`,
    );
  });

  test('control: one that nobody has fails with 45001, which names it, and uses no other', async () => {
    const alice = await enter({ region: 'atlantis' }, { register: false });
    await alice.connect();
    const failure = await alice.events.next(({ code }) => code === 45001, 'error 45001');
    expect(failure.message).toContain('atlantis.calls.test');
    expect(places(alice)).toEqual([]);
  });

  test('of several, the first that can be reached is used', async () => {
    const alice = await enter({ region: ['atlantis', 'us-east', 'eu'] });
    expect(places(alice)).toEqual(['n2']);
  });
});

describe('B4 skipLastVoiceSdkId', () => {
  test('false: every reconnection lands on the same node', async () => {
    const alice = await enter();
    await cut(alice);
    await cut(alice);
    expect(new Set(places(alice)).size).toBe(1);
    const [first, second] = urls(alice);
    expect(first?.search).toBe('');
    expect(second?.searchParams.get('voice_sdk_id')).toMatch(new RegExp(`^${places(alice)[0] ?? ''}-`));
    expect(second?.searchParams.has('skip_last_voice_sdk_id')).toBe(false);
  });

  test('true: a reconnection asks for another node, and lands there; the first does not ask', async () => {
    const alice = await enter({ skipLastVoiceSdkId: true });
    await cut(alice);
    const [first, second] = urls(alice);
    expect(first?.search).toBe('');
    expect(second?.searchParams.has('voice_sdk_id')).toBe(true);
    expect(second?.searchParams.get('skip_last_voice_sdk_id')).toBe('true');
    expect(new Set(places(alice))).toEqual(new Set(['n1', 'n2']));
  });
});

describe('B5 rtcIp, B6 rtcPort', () => {
  test.each(['n1', 'n2', 'c1'])('name the node %s, and no sticky id is sent, then or later', async (id) => {
    const { host: rtcIp, port: rtcPort } = edge.addressOf(id);
    const alice = await enter({ rtcIp, rtcPort });
    await cut(alice);
    expect(places(alice)).toEqual([id, id]);
    for (const { searchParams } of urls(alice)) {
      expect(Object.fromEntries(searchParams)).toEqual({ rtc_ip: rtcIp, rtc_port: String(rtcPort) });
    }
  });

  test('control: one of them alone is refused by the constructor, by name', async () => {
    await expect(enter({ rtcIp: '127.0.0.1' }, { register: false })).rejects.toThrow('rtcPort is missing');
    await expect(enter({ rtcPort: 1234 }, { register: false })).rejects.toThrow('rtcIp is missing');
  });

  test('control: an address that no node has leads nowhere', async () => {
    const alice = await enter({ rtcIp: '127.0.0.1', rtcPort: relay.port }, { register: false });
    await alice.connect();
    await alice.events.next(({ name }) => name === 'telnyx.socket.close', 'refusal');
    expect(places(alice)).toEqual([]);
  });
});

describe('B7 useCanaryRtcServer', () => {
  test('the first connection omits the sticky id, and all land on the canary', async () => {
    const alice = await enter({ useCanaryRtcServer: true });
    await cut(alice);
    const [first, second] = urls(alice);
    expect(first?.search).toBe('?canary=true');
    expect(second?.searchParams.get('canary')).toBe('true');
    expect(second?.searchParams.get('voice_sdk_id')).toMatch(/^c1-/);
    expect(places(alice)).toEqual(['c1', 'c1']);
  });

  test('control: nobody else ever does', async () => {
    const visits = await Promise.all([1, 2, 3].map(() => enter()));
    expect(visits.flatMap(places)).not.toContain('c1');
  });
});
