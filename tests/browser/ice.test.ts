import {
  type Person,
  type SocketFrame,
  type TurnPath,
  type TurnServer,
  type UdpRelay,
  listProcessTree,
  openTurnClient,
  openTurnPath,
  openUdpRelay,
  turnServerIn,
} from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { BUSY_MS, expectWithin } from '../figures.ts';
import { ALICE_TONE, hangUpAll } from './parties.ts';
import { configurationOf, selectedType, serversOf, watchPeers } from './peer-watch.ts';
import { expectTone } from './tone.ts';
import { grantedServers } from './granted-servers.ts';
import { useStage } from './use-stage.ts';

/** How long TURN credentials hold here; they are renewed at half of it. */
const CREDENTIAL_SECONDS = 12;
/** What COMPATIBILITY.md says of descriptions that wait for ICE servers. */
const AFTER_FIRST_CANDIDATE_MS = 1_000;
const NO_RELAY_WITHIN_MS = 5_000;
const PROCESSING_MS = 1_500;

const stage = useStage({
  turn: ['--turn-port', '0', '--turn-seconds', String(CREDENTIAL_SECONDS)],
  // coturn then tells of each allocation.
  args: ['--log-level', 'debug'],
});
const paths: TurnPath[] = [];
const relays: UdpRelay[] = [];

afterEach(async () => {
  await stage.clear();
  await Promise.all([...paths.splice(0), ...relays.splice(0)].map((path) => path.close()));
});

/** Hears herself: what comes back to her has gone through the whole path twice. */
const ECHO = { audio: { echoCancellation: false } };

async function enter(options: object = {}, browser: 'chromium' | 'firefox' = 'chromium'): Promise<Person> {
  const casting = { client: 'ours', tone: ALICE_TONE, browser, options, register: false } as const;
  const alice = await stage.enter('alice', casting);
  await watchPeers(alice);
  await alice.register();
  return alice;
}

async function turnPath(): Promise<TurnPath> {
  const path = await openTurnPath(turnServerIn(await grantedServers(stage.gateway, 'alice')));
  paths.push(path);
  return path;
}

/** Takes every packet, and answers none. */
async function blackHole(): Promise<RTCIceServer> {
  const relay = await openUdpRelay({ target: { address: '127.0.0.1', port: 9 } });
  relay.cut();
  relays.push(relay);
  return { urls: `turn:127.0.0.1:${relay.port}?transport=udp`, username: 'u', credential: 'c' };
}

/** Whom coturn gave an allocation, once for each, in its own words. */
function allocations(): string[] {
  return stage.gateway.log.entries.flatMap(
    (line) => /user <([^>]+)>: incoming packet ALLOCATE processed, success/.exec(line)?.[1] ?? [],
  );
}

const allocated = (username: string) =>
  expect.poll(() => allocations().includes(username), { timeout: 10_000 }).toBe(true);

/** What the gateway has granted, as it was written. */
function loginResult(person: Person): string {
  const isResult = ({ direction, text }: SocketFrame) =>
    direction === 'received' && text.includes('"granted"');
  return person.frames.entries.find(isResult)?.text ?? '';
}

function sent(person: Person, method: string): SocketFrame[] {
  return person.frames.entries.filter(
    ({ direction, text }) => direction === 'sent' && text.includes(`"method":"${method}"`),
  );
}

const invite = (person: Person) =>
  person.frames.next(
    ({ direction, text }) => direction === 'sent' && text.includes('"method":"telnyx_rtc.invite"'),
    'invite',
  );

/** As it stands in a description, or alone. */
const CANDIDATE = /candidate:\S+ \d+ \S+ \d+ [^"\\]*/g;

/** Every candidate in anything that left the page, as it was written. */
function candidatesSent(person: Person): string[] {
  return person.frames.entries
    .filter(({ direction }) => direction === 'sent')
    .flatMap(({ text }) => text.match(CANDIDATE) ?? []);
}

/** Dials, and tells how long it took until the page sent the invite. */
async function dialTimed(person: Person, call: object = {}) {
  const from = await person.page.evaluate(() => performance.now());
  const outgoing = await person.dial('echo', { ...ECHO, ...call });
  const { text } = await invite(person);
  const sentAt = await person.page.evaluate(() => window.firstSent.get('telnyx_rtc.invite') ?? Number.NaN);
  return { outgoing, inviteMs: sentAt - from, text };
}

describe('C1 iceServers, nothing set', () => {
  test('the servers that the gateway granted are used, with the credentials of this session', async () => {
    const alice = await enter();
    const outgoing = await alice.dial('echo', ECHO);
    await outgoing.until('active');
    const iceServers = await serversOf(alice);
    const used = turnServerIn(iceServers);
    expect(loginResult(alice)).toContain(`"username":"${used.username}","credential":"${used.credential}"`);
    const urls = iceServers.flatMap((server) => server.urls);
    expect(urls.map((url) => url.replace(/:\d+(?=\?|$)/, ''))).toEqual([
      'stun:127.0.0.1',
      'turn:127.0.0.1?transport=udp',
      'turn:127.0.0.1?transport=tcp',
    ]);
    await allocated(used.username);
    await expectTone(alice, ALICE_TONE);
    await hangUpAll(outgoing);
  });

  test('credentials are renewed into a call that goes on, and the old ones are refused after their time', async () => {
    const alice = await enter();
    const outgoing = await alice.dial('echo', ECHO);
    await outgoing.until('active');
    const used = async () => turnServerIn(await serversOf(alice));
    const first = await used();
    const since = Date.now();
    await expect
      .poll(async () => (await used()).username, { timeout: CREDENTIAL_SECONDS * 1_000, interval: 200 })
      .not.toBe(first.username);
    expect(Date.now() - since).toBeLessThan(CREDENTIAL_SECONDS * 750);
    const allocateWith = async ({ host, port, username, credential }: TurnServer) => {
      const client = openTurnClient({ server: { address: host, port }, username, credential });
      const outcome = await client.allocate();
      await client.close();
      return outcome;
    };
    expect(await allocateWith(first)).toBe('success');
    const [expiry] = first.username.split(':');
    await new Promise((resolve) => setTimeout(resolve, Number(expiry) * 1_000 + 1_500 - Date.now()));
    expect(await allocateWith(first)).toBe(401);
    expect(await allocateWith(await used())).toBe('success');
    expect(outgoing.states()).toEqual(['new', 'requesting', 'trying', 'active']);
    await expectTone(alice, ALICE_TONE);
    await hangUpAll(outgoing);
  });
});

test('C2 iceServers, set: they replace those that were granted, and the call goes through them', async () => {
  const path = await turnPath();
  const alice = await enter({ iceServers: path.iceServers, forceRelayCandidate: true });
  const granted = /"username":"([^"]+)"/.exec(loginResult(alice));
  expect(granted?.[1]).toBeDefined();
  const outgoing = await alice.dial('echo', ECHO);
  await outgoing.until('active');
  await expectTone(alice, ALICE_TONE);
  expect(await serversOf(alice)).toEqual(path.iceServers);
  expect(allocations()).toContain(path.username);
  expect(allocations()).not.toContain(granted?.[1]);
  await hangUpAll(outgoing);
});

test('C2 iceServers, set to none: no server is asked', async () => {
  const before = allocations().length;
  const alice = await enter({ iceServers: [] });
  const outgoing = await alice.dial('echo', ECHO);
  await outgoing.until('active');
  expect(await serversOf(alice)).toEqual([]);
  expect(allocations()).toHaveLength(before);
  await hangUpAll(outgoing);
});

describe('C3 prefetchIceCandidates', () => {
  const LEAD_MS = 1_500;

  test.each([
    { given: undefined, asked: true },
    { given: false, asked: false },
  ])('$given: TURN servers are asked before there is a call: $asked', async ({ given, asked }) => {
    const before = allocations().length;
    const alice = await enter(given === undefined ? {} : { prefetchIceCandidates: given });
    await new Promise((resolve) => setTimeout(resolve, LEAD_MS));
    expect(allocations().length > before).toBe(asked);
    const placed = allocations().length;
    const outgoing = await alice.dial('echo', ECHO);
    await outgoing.until('active');
    await expectTone(alice, ALICE_TONE);
    // What was found before is used, and nothing is asked for again.
    if (asked) expect(allocations().length).toBe(placed);
    await hangUpAll(outgoing);
  });

  test.each([
    { given: undefined, pool: 1, early: true },
    { given: true, pool: 1, early: true },
    { given: false, pool: 0, early: false },
  ])(
    '$given: gathering begins before the local description is set: $early',
    async ({ given, pool, early }) => {
      // A browser that is connected sooner than a server has answered stops asking it.
      const options = { trickleIce: false, ...(given !== undefined && { prefetchIceCandidates: given }) };
      const alice = await enter(options);
      const path = await turnPath();
      await alice.page.evaluate((ms) => {
        window.describingTakesMs = ms;
      }, LEAD_MS);
      const outgoing = await alice.dial('echo', { ...ECHO, iceServers: path.iceServers });
      await new Promise((resolve) => setTimeout(resolve, LEAD_MS - 500));
      const describedAt = () => alice.page.evaluate(() => window.watched.at(-1)?.describedAt ?? null);
      const asked = allocations().filter((username) => username === path.username).length;
      expect({
        described: await describedAt(),
        pool: (await configurationOf(alice)).iceCandidatePoolSize,
      }).toEqual({ described: null, pool });
      expect(asked > 0).toBe(early);
      await outgoing.until('active');
      await allocated(path.username);
      // One address, two URLs, each with one transport; bundled and multiplexed.
      expect(allocations().filter((username) => username === path.username).length).toBeLessThanOrEqual(2);
      await hangUpAll(outgoing);
    },
  );
});

describe('C4 forceRelayCandidate', () => {
  const RELAYED = / typ relay raddr 0\.0\.0\.0 rport \d+/;

  test.each([
    { trickleIce: false, browser: 'chromium' as const },
    { trickleIce: true, browser: 'chromium' as const },
  ])(
    'true, in $browser with trickle $trickleIce: nothing but relays leaves the page, and media goes through one',
    async ({ trickleIce, browser }) => {
      const alice = await enter({ forceRelayCandidate: true, trickleIce }, browser);
      const outgoing = await alice.dial('echo', ECHO);
      await outgoing.until('active');
      await expectTone(alice, ALICE_TONE);
      expect(await selectedType(alice)).toBe('relay');

      // The gateway offers another leg in place of the one that it lost.
      const workers = listProcessTree(stage.gateway.pid).filter(({ command }) =>
        command.includes('worker.js'),
      );
      expect(workers.length).toBeGreaterThan(0);
      // One by one: where the leg is made anew, it must not be lost again.
      const attach = ({ direction, text }: SocketFrame) =>
        direction === 'sent' && text.includes('"method":"telnyx_rtc.attach"');
      for (const { pid } of workers) {
        process.kill(pid, 'SIGKILL');
        const attached = await alice.frames.next(attach, 'attach', { withinMs: 4_000 }).then(
          () => true,
          () => false,
        );
        if (attached) break;
      }
      await alice.frames.next(attach, 'attach', { withinMs: 20_000 });
      await expectTone(alice, ALICE_TONE);
      expect(await selectedType(alice)).toBe('relay');

      // What a restart would gather.
      const restarted = await alice.page.evaluate(async () => {
        const { peer } = window.watched.at(-1) ?? {};
        await peer?.setLocalDescription(await peer.createOffer({ iceRestart: true }));
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        return {
          sdp: peer?.localDescription?.sdp ?? '',
          found: window.watched.flatMap((one) => one.candidates),
        };
      });
      expect(restarted.sdp).toContain(' typ relay');
      for (const candidate of restarted.found) expect(candidate).toMatch(RELAYED);

      const candidates = candidatesSent(alice);
      expect(candidates.length).toBeGreaterThan(1);
      for (const candidate of candidates) expect(candidate).toMatch(RELAYED);
      await hangUpAll(outgoing);
    },
  );

  test('true, in firefox: the same', async () => {
    const alice = await stage.enter('alice', {
      client: 'ours',
      browser: 'firefox',
      tone: ALICE_TONE,
      options: { forceRelayCandidate: true },
      register: false,
    });
    await watchPeers(alice);
    await alice.register();
    const outgoing = await alice.dial('echo', ECHO);
    await outgoing.until('active');
    await expectTone(alice, ALICE_TONE);
    expect(await selectedType(alice)).toBe('relay');
    const frames = (await alice.page.evaluate(() => window.framesSent)).join('\n');
    const candidates = frames.match(CANDIDATE) ?? [];
    expect(candidates.length).toBeGreaterThan(0);
    for (const candidate of candidates) expect(candidate).toMatch(RELAYED);
    await hangUpAll(outgoing);
  });

  test('false: what is nearer is taken', async () => {
    const alice = await enter();
    const outgoing = await alice.dial('echo', ECHO);
    await outgoing.until('active');
    await expectTone(alice, ALICE_TONE);
    expect(await selectedType(alice)).not.toBe('relay');
    await hangUpAll(outgoing);
  });

  test.each([{ trickleIce: false }, { trickleIce: true }])(
    'true, and no TURN server can be reached, with trickle $trickleIce: warning, error and cause in 5 s',
    async ({ trickleIce }) => {
      const path = await turnPath();
      path.block();
      const alice = await enter({ forceRelayCandidate: true, trickleIce, iceServers: path.iceServers });
      const from = Date.now();
      const outgoing = await alice.dial('echo', ECHO);
      const { call } = await outgoing.until('destroy');
      expect(Date.now() - from).toBeLessThan(NO_RELAY_WITHIN_MS + PROCESSING_MS);
      expect(call).toMatchObject({ cause: 'NORMAL_TEMPORARY_FAILURE', causeCode: 41 });
      const codes = alice.events.entries.map(({ code }) => code).filter((code) => code !== undefined);
      expect(codes).toEqual([33003, 47101]);
      expect(candidatesSent(alice)).toEqual([]);
    },
  );
});

describe('C5 trickleIce', () => {
  test('true: the invite leaves before all is gathered, candidates follow, and one end', async () => {
    const path = await turnPath();
    const alice = await enter({ trickleIce: true, iceServers: [await blackHole(), ...path.iceServers] });
    const { outgoing, inviteMs, text } = await dialTimed(alice);
    expectWithin('trickled invite', { left: inviteMs }, { left: 200 + BUSY_MS });
    expect(text).toContain('"trickle":true');
    expect(text).not.toContain('a=candidate');
    await outgoing.until('active');
    await expectTone(alice, ALICE_TONE);
    await expect.poll(() => sent(alice, 'telnyx_rtc.endOfCandidates').length, { timeout: 30_000 }).toBe(1);
    expect(sent(alice, 'telnyx_rtc.candidate').length).toBeGreaterThan(0);
    const order = alice.frames.entries
      .filter(({ direction }) => direction === 'sent')
      .flatMap(({ text: frame }) => /telnyx_rtc\.(invite|candidate|endOfCandidates)/.exec(frame)?.[1] ?? []);
    expect([order[0], order.at(-1)]).toEqual(['invite', 'endOfCandidates']);
    await hangUpAll(outgoing);
    expect(sent(alice, 'telnyx_rtc.endOfCandidates')).toHaveLength(1);
  });

  test('unset, where the gateway grants servers: as if it were true', async () => {
    const alice = await enter();
    const { outgoing, text } = await dialTimed(alice);
    expect(text).toContain('"trickle":true');
    await outgoing.until('active');
    await expect.poll(() => sent(alice, 'telnyx_rtc.endOfCandidates').length).toBe(1);
    await expectTone(alice, ALICE_TONE);
    await hangUpAll(outgoing);
  });

  test('false: one description with all candidates; a dead server delays it by no more than is documented', async () => {
    const path = await turnPath();
    const alice = await enter({ trickleIce: false, iceServers: [await blackHole(), ...path.iceServers] });
    const { outgoing, inviteMs, text } = await dialTimed(alice);
    expect(inviteMs).toBeLessThan(AFTER_FIRST_CANDIDATE_MS + PROCESSING_MS);
    expect(text).not.toContain('"trickle"');
    expect(text).toContain(' typ host');
    expect(text).toContain(' typ relay');
    await outgoing.until('active');
    await expectTone(alice, ALICE_TONE);
    expect(sent(alice, 'telnyx_rtc.candidate')).toEqual([]);
    expect(sent(alice, 'telnyx_rtc.endOfCandidates')).toEqual([]);
    await hangUpAll(outgoing);
  });
});

test('what is granted names nobody', async () => {
  const { username } = turnServerIn(await grantedServers(stage.gateway, 'alice'));
  const [, digest = ''] = /^\d{10}:([\w-]{22})$/.exec(username) ?? [];
  expect(Buffer.from(digest, 'base64url').toString('latin1')).not.toMatch(/^$|alice/);
});
