import { type GatewayProcess, startGateway } from '@parley/testkit';
import { goldenToServer } from '@parley/protocol/golden';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { administrationOf } from './administration.ts';
import { type Frame, type RawClient, openRawClient } from './raw-client.ts';

const NO_SUCH_CALL = -32003;
/** Without candidates: nothing is to be sent to the addresses in a golden message. */
const offer = goldenToServer['telnyx_rtc.invite'].find(({ decoded }) => decoded.trickle)?.decoded.sdp ?? '';
const answer = offer.replace('a=setup:actpass', 'a=setup:active');

let gateway: GatewayProcess;
let alice: RawClient;
let bob: RawClient;
let mallory: RawClient;
let sessidOfAlice: string;
let calls = 0;
/** The ids of the two legs of the call from alice to bob that rings. */
let legs: { alice: string; bob: string };

beforeAll(async () => {
  gateway = await startGateway();
  const carol = await administrationOf(gateway).makeCredential();
  [alice, bob, mallory] = await Promise.all([enter('alice'), enter('bob'), openRawClient(gateway.signaling)]);
  await mallory.enter(carol.user, carol.password);
});
afterAll(async () => {
  for (const client of [alice, bob, mallory]) client.close();
  await gateway.stop();
});

async function enter(user: string): Promise<RawClient> {
  const client = await openRawClient(gateway.signaling);
  const sessid = await client.enter(user);
  if (user === 'alice') sessidOfAlice = sessid;
  return client;
}

beforeEach(async () => {
  const callID = `call-${String(++calls)}`;
  const heard = bob.frames.entries.length;
  await alice.request('telnyx_rtc.invite', {
    sdp: offer,
    trickle: true,
    dialogParams: { callID, destination_number: 'bob', caller_id_name: 'The bank', caller_id_number: '911' },
  });
  const invite = await bob.frames.next(({ method }) => method === 'telnyx_rtc.invite', 'invite', {
    from: heard,
  });
  legs = { alice: callID, bob: String(invite.params?.['callID']) };
  expect(invite.params, 'CALL-6').toMatchObject({ caller_id_number: 'alice' });
  return async () => {
    await alice.request('telnyx_rtc.bye', { dialogParams: { callID } });
    await bob.frames.next(isAbout('telnyx_rtc.bye', legs.bob), 'bye');
  };
});

const isAbout = (method: string, callID: string) => (frame: Frame) =>
  frame.method === method && frame.params?.['callID'] === callID;

const attacks: readonly (readonly [string, (callID: string) => object])[] = [
  ['telnyx_rtc.answer', () => ({ sdp: answer })],
  ['telnyx_rtc.attach', () => ({ sdp: answer })],
  ['telnyx_rtc.modify', () => ({ action: 'hold' })],
  ['telnyx_rtc.modify', () => ({ action: 'updateMedia', sdp: offer })],
  ['telnyx_rtc.info', () => ({ dtmf: '5' })],
  ['telnyx_rtc.info', () => ({ msg: { from: 'alice', to: 'bob', body: 'Send money' } })],
  ['parley.preAnswer', () => ({ sdp: answer })],
];

describe('a call that rings, named by a session that has no part in it', () => {
  test.each(attacks)(
    'in %s, does not exist for it, and nobody in it notices [CALL-3, CALL-4, CALL-7]',
    async (method, params) => {
      for (const callID of [legs.alice, legs.bob]) {
        const told = [alice.frames.entries.length, bob.frames.entries.length];
        const attempt = { ...params(callID), sessid: sessidOfAlice, dialogParams: { callID } };
        expect(await mallory.request(method, attempt)).toMatchObject({ error: { code: NO_SUCH_CALL } });
        expect(await whatWasToldSince(told)).toEqual([]);
      }
    },
  );

  test('in a bye, goes on ringing; the bye of its caller ends it as cancelled [CALL-4, BYE-2, BYE-3]', async () => {
    for (const callID of [legs.alice, legs.bob]) {
      const told = [alice.frames.entries.length, bob.frames.entries.length];
      const attempt = { sessid: sessidOfAlice, dialogParams: { callID } };
      expect(await mallory.request('telnyx_rtc.bye', attempt)).toMatchObject({ result: { callID } });
      expect(await whatWasToldSince(told)).toEqual([]);
    }
    await alice.request('telnyx_rtc.bye', {
      cause: 'USER_BUSY',
      causeCode: 17,
      dialogParams: { callID: legs.alice },
    });
    const { params } = await bob.frames.next(isAbout('telnyx_rtc.bye', legs.bob), 'bye');
    expect(params).toMatchObject({ cause: 'ORIGINATOR_CANCEL', causeCode: 487, sipCode: 487 });
  });

  test('in an invite of its own, is a call of its own, and the other one goes on [CALL-4, INV-3]', async () => {
    const told = [alice.frames.entries.length, bob.frames.entries.length];
    const { result } = await mallory.request('telnyx_rtc.invite', {
      sdp: offer,
      trickle: true,
      dialogParams: { callID: legs.alice, destination_number: 'nobody-there' },
    });
    expect(result).toMatchObject({ callID: legs.alice });
    expect((await mallory.push('telnyx_rtc.bye')).params).toMatchObject({
      callID: legs.alice,
      cause: 'UNALLOCATED_NUMBER',
    });
    expect(await whatWasToldSince(told)).toEqual([]);
  });
});

test('a message to the other party names who sent it, whatever it says [INFO-2]', async () => {
  const from = bob.frames.entries.length;
  await bob.request('telnyx_rtc.answer', { sdp: answer, dialogParams: { callID: legs.bob } });
  await alice.frames.next(isAbout('telnyx_rtc.answer', legs.alice), 'answer');
  const msg = { from: 'the bank', to: 'mallory', body: 'hello' };
  await alice.request('telnyx_rtc.info', { msg, dialogParams: { callID: legs.alice } });
  const info = await bob.frames.next(({ method }) => method === 'telnyx_rtc.info', 'info', { from });
  expect(info.params).toEqual({ callID: legs.bob, msg: { from: 'alice', to: 'bob', body: 'hello' } });
});

test('candidates that are none harm nothing: the call is answered all the same [ICE-1, ICE-2, INV-4, PROG-3, PROG-5]', async () => {
  const candidates = [
    'candidate:1 1 udp 2122194687 6d1f4a1e-7a7c-4ac4-8a3c-2f3f1f8b3a11.local 46680 typ host',
    'candidate:1 1 udp 2122194687 does-not-resolve.invalid 46680 typ host',
    'candidate:1 1 udp 99999999999999999999 127.0.0.1 0 typ host',
    'candidate:1 1 tcp 1518280447 127.0.0.1 9 typ host tcptype active',
    'candidate:',
    'hello',
    ' ',
    '',
    '',
  ];
  for (const [client, callID] of [
    [alice, legs.alice],
    [bob, legs.bob],
  ] as const) {
    for (const candidate of candidates) {
      const params = { candidate, sdpMid: '7', sdpMLineIndex: 65_535, dialogParams: { callID } };
      expect(await client.request('telnyx_rtc.candidate', params)).toMatchObject({ result: { callID } });
    }
    for (let times = 0; times < 2; times++) {
      const params = { endOfCandidates: true, dialogParams: { callID } };
      expect(await client.request('telnyx_rtc.endOfCandidates', params)).toMatchObject({
        result: { callID },
      });
    }
  }
  await bob.request('telnyx_rtc.answer', { sdp: answer, dialogParams: { callID: legs.bob } });
  await alice.frames.next(isAbout('telnyx_rtc.answer', legs.alice), 'answer');
  const described = alice.frames.entries.filter(
    ({ params }) => params?.['callID'] === legs.alice && typeof params['sdp'] === 'string',
  );
  expect(described).toHaveLength(1);
  expect(described[0]?.params?.['sdp']).toMatch(/^a=candidate:.+ typ host/m);
});

test('the same invite again is answered alike and rings nobody again [INV-3]', async () => {
  const told = [alice.frames.entries.length, bob.frames.entries.length];
  const again = await alice.request('telnyx_rtc.invite', {
    sdp: offer,
    trickle: true,
    dialogParams: { callID: legs.alice, destination_number: 'bob' },
  });
  expect(again).toMatchObject({ result: { message: 'CALL CREATED', callID: legs.alice } });
  expect(await whatWasToldSince(told)).toEqual([]);
});

/** What the gateway said to alice and to bob of its own accord, apart from pings and from how her call goes on. */
async function whatWasToldSince([ofAlice = 0, ofBob = 0]: readonly number[]): Promise<
  readonly (string | undefined)[]
> {
  await Promise.all([alice.request('telnyx_rtc.gatewayState'), bob.request('telnyx_rtc.gatewayState')]);
  return [...alice.frames.entries.slice(ofAlice), ...bob.frames.entries.slice(ofBob)]
    .map(({ method }) => method)
    .filter(
      (method) =>
        method !== undefined &&
        !['telnyx_rtc.ping', 'telnyx_rtc.media', 'telnyx_rtc.ringing'].includes(method),
    );
}
