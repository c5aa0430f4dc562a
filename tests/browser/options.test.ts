import type { ClientKind, Person } from '@parley/testkit';
import { beforeAll, describe, expect, test } from 'vitest';

import { ALICE_TONE, BOB_TONE, type Parties, hangUpAll } from './parties.ts';
import { expectTone } from './tone.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();

/** Options that do nothing here, that are deprecated, or that ask for what the gateway does not have. */
const ODD_CALLS: { what: string; call: object }[] = [
  { what: 'nothing odd but the client', call: {} },
  { what: 'video', call: { video: true } },
  {
    what: 'codecs that the gateway does not have',
    call: {
      preferred_codecs: [
        { mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 },
        { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, sdpFmtpLine: 'minptime=10;useinbandfec=1' },
      ],
    },
  },
  {
    what: 'headers, client state, stereo, bandwidth, and names of its own',
    call: {
      customHeaders: [{ name: 'X-Order', value: '7' }],
      clientState: 'c3RhdGU=',
      useStereo: true,
      mediaSettings: { useSdpASBandwidthKbps: true, sdpASBandwidthKbps: 20 },
      callerName: 'Alice "the" Ålesund <a@b>',
      callerNumber: '+15550100',
    },
  },
];
const ODD_CLIENT = { debug: true, debugOutput: 'socket', prefetchIceCandidates: true };

describe.each<ClientKind>(['official', 'ours'])('a %s client that reports what it does', (client) => {
  let parties: Parties;

  beforeAll(async () => {
    await stage.clear();
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client, options: ODD_CLIENT, devices: ['microphone', 'camera'] }),
      stage.enter('bob', { client, options: ODD_CLIENT }),
    ]);
    parties = { alice, bob };
    return () => stage.clear();
  });

  test.each(ODD_CALLS)('calls with $what, each hears the other', async ({ call }) => {
    const { alice, bob } = parties;
    const outgoing = await alice.dial('bob', call);
    const incoming = await bob.ringing();
    await incoming.invoke('answer');
    await outgoing.until('active');
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing, incoming);
  });
});

describe('our client refuses what it cannot use, and names it', () => {
  const construct = ({ page }: Person, options: object) =>
    page.evaluate((given) => {
      const Client = window.TelnyxWebRTC?.TelnyxRTC;
      if (Client === undefined) return 'The bundle is not there.';
      try {
        new Client(given);
      } catch (error) {
        return String(error);
      }
      return 'It was accepted.';
    }, options);

  let alice: Person;

  beforeAll(async () => {
    alice = await stage.enter('alice', { client: 'ours' });
    return () => stage.clear();
  });

  test.each([
    { options: {}, named: /^Error: Invalid init options: .*(login|login_token)/ },
    { options: { login: 'alice' }, named: /^Error: Invalid init options: .*password/ },
    { options: { login: 'alice', password: 'alice', env: 'https://[' }, named: /env/ },
    { options: { login: 'alice', password: 'alice', iceServers: 'stun:a' }, named: /iceServers/ },
  ])('new TelnyxRTC($options)', async ({ options, named }) => {
    expect(await construct(alice, options)).toMatch(named);
  });

  test('newCall({}) names destinationNumber, and no call is made', async () => {
    const error = await alice.page.evaluate(() => {
      try {
        window.phone.dial({});
      } catch (thrown) {
        return String(thrown);
      }
      return 'It was accepted.';
    });
    expect(error).toContain('destinationNumber');
    expect(alice.frames.entries.filter(({ text }) => text.includes('telnyx_rtc.invite'))).toEqual([]);
  });
});
