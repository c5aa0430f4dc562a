import { type SocketFrame, openTurnPath, turnServerIn } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { grantedServers } from '../browser/granted-servers.ts';
import { ALICE_TONE } from '../browser/parties.ts';
import { selectedType, watchPeers } from '../browser/peer-watch.ts';
import { expectTone } from '../browser/tone.ts';
import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

const stage = useStage({ turn: ['--turn-port', '0'] });
afterEach(() => stage.clear());

/** As it stands in a description, or alone. */
const CANDIDATE = /candidate:\S+ \d+ \S+ \d+ [^"\\]*/g;
const RELAYED = / typ relay raddr 0\.0\.0\.0 rport \d+/;

test.each([{ trickleIce: false }, { trickleIce: true }])(
  'C4: the way to the relay goes dead, with trickle $trickleIce: media takes another, and nothing but relays leaves the page',
  async ({ trickleIce }) => {
    const path = await openTurnPath(turnServerIn(await grantedServers(stage.gateway, 'alice')));
    const options = { forceRelayCandidate: true, trickleIce, iceServers: path.iceServers };
    const casting = { client: 'ours', tone: ALICE_TONE, options, register: false } as const;
    const alice = await stage.enter('alice', casting);
    await watchPeers(alice);
    await alice.register();
    const outgoing = await alice.dial('echo', { audio: { echoCancellation: false } });
    await outgoing.until('active');
    await expectTone(alice, ALICE_TONE);
    expect(await selectedType(alice)).toBe('relay');

    const since = Date.now();
    path.cutUdp();
    const sent = (part: string) => (frame: SocketFrame) =>
      frame.at >= since && frame.direction === 'sent' && frame.text.includes(part);
    const { at } = await alice.frames.next(sent('"action":"updateMedia"'), 'updateMedia', {
      withinMs: 15_000,
    });
    const heardAt = await alice.ear.firstSound(at, -45, 15_000);
    const measured = { asked: at - since, heard: heardAt - since };
    expectWithin(`way to the relay dead, trickle ${trickleIce}`, measured, { asked: 8_000, heard: 11_000 });
    await expectTone(alice, ALICE_TONE);
    expect(await selectedType(alice)).toBe('relay');

    // The server makes the leg anew where it is asked to.
    await alice.page.evaluate(() => {
      for (const { peer } of window.watched) peer.close();
    });
    await alice.frames.next(sent('"method":"telnyx_rtc.attach","params"'), 'attach', { withinMs: 20_000 });
    await expectTone(alice, ALICE_TONE);
    expect(await selectedType(alice)).toBe('relay');

    const candidates = alice.frames.entries
      .filter(({ direction }) => direction === 'sent')
      .flatMap(({ text }) => text.match(CANDIDATE) ?? []);
    expect(candidates.length).toBeGreaterThan(2);
    for (const candidate of candidates) expect(candidate).toMatch(RELAYED);
    const found = await alice.page.evaluate(() => window.watched.flatMap((one) => one.candidates));
    for (const candidate of found) expect(candidate).toMatch(RELAYED);
    await outgoing.invoke('hangup');
    await path.close();
  },
);
