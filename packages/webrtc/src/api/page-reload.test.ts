import { CALL_ANSWERED, fakeSdp, IGNORES, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';
import type { IClientOptions } from './options.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
  gateway.on('login', LOGIN_OK({ granted: ['recovery'] }));
});

const OUTLIVING: IClientOptions = { hangupOnBeforeUnload: false };

/** The page goes, with everything in it, and another takes its place in the same tab. */
async function reload(before: Alice, options: IClientOptions = OUTLIVING): Promise<Alice> {
  before.page('pagehide');
  await settle();
  gateway.cut();
  const after = new Alice(gateway, options);
  after.storage = before.storage;
  after.media.element('remote');
  after.client.remoteElement = 'remote';
  await after.client.connect();
  await settle();
  return after;
}

/** The gateway offers a leg for a call. */
async function attach(callID: string, epoch = 1): Promise<void> {
  gateway.push('telnyx_rtc.attach', { callID, sdp: fakeSdp('offer'), parley: { epoch } });
  await settle();
}

const only = ({ client }: Alice): Call | undefined => Object.values(client.calls)[0];

describe('a page that is reloaded in a call', () => {
  it('goes on with it as it was [RESUME-4]', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const headers = [{ name: 'X-Case', value: '7' }];
    const { id } = before.client.newCall({
      destinationNumber: 'bob',
      callerName: 'Alice',
      customHeaders: headers,
      remoteElement: 'remote',
      userVariables: { secret: 'kept out' },
      iceServers: [{ urls: 'turn:t.test', username: 'u', credential: 'kept out' }],
    });
    await settle();
    const call = before.client.calls[id];
    await call?.hold();
    call?.muteAudio();
    gateway.survivors = [id];

    const after = await reload(before);
    expect([...before.storage.keys()]).toEqual([]);
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({
      reconnection: true,
      sessid: 'S',
      parley: { calls: [{ callID: id, epoch: 0, media: 'lost' }] },
    });
    expect(after.client.calls).toEqual({});
    await attach(id);
    for (const peer of after.media.openPeers) peer.become('connected');
    const restored = only(after);
    expect(restored).toMatchObject({
      id,
      state: 'held',
      direction: 'outbound',
      isAudioMuted: true,
      recoveredCallId: id,
      options: { destinationNumber: 'bob', customHeaders: headers },
    });
    expect(after.statesOf({ id })).toEqual(['new', 'recovering', 'held', 'held']);
    expect(after.media.liveTracks).toHaveLength(1);
    expect(gateway.requests('telnyx_rtc.attach').at(-1)?.params).toMatchObject({
      parley: { epoch: 1 },
      dialogParams: { callID: id, custom_headers: headers },
    });
    await restored?.hangup();
    expect(after.leftovers).toEqual(NOTHING_LEFT);
  });

  it('twice, before the gateway has offered it anew, goes on with it in the third page', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const { id } = await before.talk();
    gateway.survivors = [id];
    const third = await reload(await reload(before));
    const login = gateway.requests('login').at(-1)?.params;
    expect(login).toMatchObject({ sessid: 'S', parley: { calls: [{ callID: id, media: 'lost' }] } });
    await attach(id);
    expect(only(third)).toMatchObject({ id, state: 'active' });
  });

  it('keeps to relays where the call did', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const call = await before.talk();
    call.options.forceRelayCandidate = true;
    gateway.survivors = [call.id];
    const after = await reload(before);
    await attach(call.id);
    expect(after.media.peers.map(({ configuration }) => configuration.iceTransportPolicy)).toEqual(['relay']);
  });

  it('leaves no secret in the storage of the tab', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    before.client.newCall({
      destinationNumber: 'bob',
      userVariables: { secret: 'kept out' },
      iceServers: [{ urls: 'turn:t.test', username: 'u', credential: 'kept out' }],
    });
    await settle();
    before.page('pagehide');
    const [text] = [...before.storage.values()];
    expect(text).toContain('"bob"');
    expect(text).not.toMatch(/kept out|wonderland|turn:/);
  });

  it('is told of calls that the server no longer has, by clientReady or by a bye', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const [one, other] = [await before.talk(), await before.talk()];
    gateway.survivors = [other.id];
    const after = await reload(before);
    expect(after.errors).toMatchObject([{ callId: one.id, error: { code: 48501 } }]);
    gateway.push('telnyx_rtc.bye', { callID: other.id, cause: 'NORMAL_CLEARING', causeCode: 16 });
    await settle();
    expect(after.errors.at(-1)).toMatchObject({ callId: other.id, error: { code: 48501 } });
    await attach(one.id);
    expect(only(after)).toBeUndefined();
    expect(after.media.asked).toEqual([]);
  });

  it('delivers the hangup that did not reach the server, and the call stays ended [EXT-10]', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const call = await before.talk();
    gateway.on('telnyx_rtc.bye', IGNORES);
    void call.hangup();
    await before.clock.advance(6_000);
    gateway.survivors = [call.id];
    const after = await reload(before);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ parley: { ended: [call.id] } });
    await attach(call.id);
    expect(only(after)).toBeUndefined();
    expect(after.media.asked).toEqual([]);
  });

  it('and goes without its microphone, goes on listening', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const call = await before.talk();
    gateway.survivors = [call.id];
    before.page('pagehide');
    gateway.cut();
    const after = new Alice(gateway, OUTLIVING);
    after.storage = before.storage;
    after.media.inputs = [];
    await after.client.connect();
    await settle();
    await attach(call.id);
    expect(only(after)?.state).toBe('active');
    expect(after.errorCodes).toEqual([42002]);
  });

  it('ends an unanswered call that goes out, and lets one that comes in ring again', async () => {
    gateway.on('telnyx_rtc.invite', (request, to) => {
      to.answer(request, { message: 'CALL CREATED' });
    });
    const before = await Alice.ready(gateway, OUTLIVING);
    const outgoing = await before.dial();
    gateway.invite('inbound');
    await settle();
    const after = await reload(before);
    const ended = gateway.requests('telnyx_rtc.bye').map(({ params }) => params['dialogParams']);
    expect(ended).toMatchObject([{ callID: outgoing.id }]);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ sessid: 'S', parley: { calls: [] } });
    gateway.invite('inbound');
    await settle();
    expect(only(after)?.state).toBe('ringing');
  });

  it('hangs up as ever where the application does not want that', async () => {
    const before = await Alice.ready(gateway);
    await before.talk();
    const after = await reload(before, {});
    expect(before.storage.size).toBe(0);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ reconnection: false });
    expect(after.warningCodes).toEqual([]);
  });
});

describe('what a page leaves for another', () => {
  it('is left in the background as well, and taken away when the page is back', async () => {
    const alice = await Alice.ready(gateway, OUTLIVING);
    await alice.talk();
    alice.isVisible = false;
    alice.page('visibilitychange');
    expect(alice.storage.size).toBe(1);
    alice.isVisible = true;
    alice.page('visibilitychange');
    expect(alice.storage.size).toBe(0);
    alice.page('pagehide');
    alice.page('pageshow');
    expect(alice.storage.size).toBe(0);
  });

  it('is of no use once the server has given up the calls, to somebody else, or where it makes no sense', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    await before.talk();
    before.page('pagehide');
    const [key = '', text = ''] = [...before.storage].flat();
    const loginAfter = async (storage: [string, string][], options = OUTLIVING) => {
      const after = new Alice(gateway, options);
      after.storage = new Map(storage);
      await after.client.connect();
      await settle();
      return gateway.requests('login').at(-1)?.params;
    };
    expect(await loginAfter([[key, text]])).toMatchObject({ sessid: 'S' });
    const old = text.replace(/"at":\d+/, '"at":1');
    for (const [storage, options] of [
      [[key, old], OUTLIVING],
      [[key, text], { ...OUTLIVING, login: 'carol' }],
      [[key, text.replace('"ended":[]', '"ended":7')], OUTLIVING],
      [[key, '{'], OUTLIVING],
      [[key, `[${text}]`], OUTLIVING],
    ] as const) {
      expect(await loginAfter([[...storage]], options)).toMatchObject({ reconnection: false });
    }
  });

  it('is missed where the storage is blocked, which is told once; everything else works', async () => {
    const alice = new Alice(gateway, OUTLIVING);
    alice.storageBlocked = true;
    await alice.client.connect();
    await settle();
    expect(alice.connections.at(-1)?.state).toBe('connected');
    const call = await alice.talk();
    alice.page('pagehide');
    expect(alice.warningCodes).toEqual([33104]);
    expect(call.state).toBe('active');
  });
});
