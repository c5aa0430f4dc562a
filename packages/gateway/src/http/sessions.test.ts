import { CloseCode, causes } from '@parley/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSessionControl } from '../session-control.ts';
import { rig, ringing, settled, silentLog, talking, type Rig } from '../signaling.fixture.ts';
import { startHttp, type HttpFixture } from './http.fixture.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const started: HttpFixture[] = [];
afterEach(async () => {
  for (const http of started.splice(0)) await http.close();
});

async function administering(gateway: Rig, allowsSimulation = true): Promise<HttpFixture> {
  const sessions = createSessionControl({ ...gateway.signaling, media: gateway.media, log: silentLog });
  const http = await startHttp({}, { sessions, allowsSimulation });
  started.push(http);
  return http;
}

/** Alice and Bob talk, and an API key looks on. */
async function watched() {
  const gateway = rig();
  const parties = await talking(gateway);
  const http = await administering(gateway);
  const sessid = String(parties.alice.connection.session?.ids.id);
  const simulate = async (body: object) => await http.ask('POST', `/v2/sessions/${sessid}/simulate`, body);
  return { gateway, http, sessid, simulate, ...parties };
}

const problemOf = ({ body }: { body: unknown }) =>
  (body as { errors: { detail: string }[] }).errors[0]?.detail;

describe('GET /v2/sessions', () => {
  it('lists who is signed in, with their calls, by page and by user', async () => {
    const { gateway, http, sessid, bobsCallId, bob } = await watched();
    await bob.request('telnyx_rtc.modify', { action: 'hold', dialogParams: { callID: bobsCallId } });
    bob.connection.socketClosed();
    const { status, body } = await http.ask('GET', '/v2/sessions');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: [
        {
          record_type: 'session',
          id: sessid,
          sip_username: 'alice',
          state: 'attached',
          capabilities: [],
          calls: [{ call_id: 'a-1', direction: 'outbound', state: 'established', held: false }],
        },
        {
          sip_username: 'bob',
          state: 'held',
          calls: [{ call_id: bobsCallId, direction: 'inbound', state: 'established', held: true }],
        },
      ],
      meta: { page_number: 1, page_size: 20, total_pages: 1, total_results: 2 },
    });
    const [alices, bobs] = (body as { data: { calls: { call_session_id: string; call_leg_id: string }[] }[] })
      .data;
    expect(alices?.calls[0]?.call_session_id).toBe(bobs?.calls[0]?.call_session_id);
    expect(alices?.calls[0]?.call_leg_id).toBe(gateway.media.typed('accept')[0]?.leg);
    const second = await http.ask('GET', '/v2/sessions?page[size]=1&page[number]=2');
    expect(second.body).toMatchObject({ data: [{ sip_username: 'bob' }], meta: { total_pages: 2 } });
    const ofUser = await http.ask('GET', '/v2/sessions?filter[sip_username]=bob');
    expect(ofUser.body).toMatchObject({ data: [{ sip_username: 'bob' }], meta: { total_results: 1 } });
  });

  it('with an id, shows one, whose call may still ring; without a key, none', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    await gateway.signedIn('bob');
    await alice.invite('a-1', 'bob');
    const http = await administering(gateway);
    const path = `/v2/sessions/${String(alice.connection.session?.ids.id)}`;
    expect(await http.ask('GET', path)).toMatchObject({
      status: 200,
      body: { data: { sip_username: 'alice', calls: [{ state: 'ringing' }] } },
    });
    expect(await http.ask('GET', '/v2/sessions/nobody')).toMatchObject({ status: 404 });
    for (const [method, url] of [
      ['GET', '/v2/sessions'],
      ['GET', path],
      ['POST', `${path}/simulate`],
    ] as const) {
      expect((await fetch(http.url + url, { method })).status).toBe(401);
    }
  });
});

describe('POST /v2/sessions/{id}/simulate', () => {
  it('drop: breaks the socket off, and the session is held', async () => {
    const { gateway, alice, simulate, sessid } = await watched();
    expect(await simulate({ fault: 'drop' })).toEqual({
      status: 200,
      body: { data: { record_type: 'simulation', session_id: sessid, fault: 'drop', call_ids: [] } },
    });
    expect(alice.closed).toEqual({ code: 1006, reason: '' });
    expect(gateway.signaling.directory.count()).toEqual({ attached: 1, detached: 1 });
    const again = await simulate({ fault: 'drop' });
    expect(again.status).toBe(422);
    expect(problemOf(again)).toBe('The session has no socket at present: it is held.');
  });

  it('half-open: lets nothing pass for so many seconds, 30 by default', async () => {
    const { alice, simulate } = await watched();
    await simulate({ fault: 'half-open', seconds: 7 });
    expect(alice.stalledForMs).toBe(7_000);
    await simulate({ fault: 'half-open' });
    expect(alice.stalledForMs).toBe(30_000);
  });

  it('server-leaves: closes with 1012, and may ask to be left alone for a while', async () => {
    for (const [seconds, reason] of [
      [undefined, /^the gateway stops, as it was asked to$/],
      [9, /; retry-after=9$/],
    ] as const) {
      const { gateway, alice, simulate } = await watched();
      await simulate({ fault: 'server-leaves', ...(seconds !== undefined && { seconds }) });
      expect(alice.closed).toEqual({
        code: CloseCode.serviceRestart,
        reason: expect.stringMatching(reason) as string,
      });
      expect(gateway.signaling.directory.count().detached).toBe(1);
    }
  });

  it('punt: ends the session, and the other party hears of it; with a call, the session is held', async () => {
    const { gateway, alice, bob, simulate } = await watched();
    await simulate({ fault: 'punt' });
    expect(alice.got('telnyx_rtc.punt')).toEqual([{}]);
    expect(alice.closed?.code).toBe(CloseCode.normal);
    expect(bob.got('telnyx_rtc.bye')).toMatchObject([causes.destinationOutOfOrder]);
    expect(gateway.signaling.directory.count()).toEqual({ attached: 1, detached: 0 });

    const other = await watched();
    await other.simulate({ fault: 'punt', call_id: 'a-1' });
    expect(other.alice.got('telnyx_rtc.punt')).toEqual([{ callID: 'a-1' }]);
    expect(other.alice.closed).toBeNull();
    expect(other.bob.got('telnyx_rtc.bye')).toEqual([]);
  });

  it('media-lost: offers each answered call another path, or the one that is named', async () => {
    const { alice, simulate } = await watched();
    await alice.invite('a-2', 'echo');
    await alice.acknowledge('telnyx_rtc.answer');
    expect((await simulate({ fault: 'media-lost', call_id: 'a-2' })).body).toMatchObject({
      data: { call_ids: ['a-2'] },
    });
    await settled();
    expect(alice.got('telnyx_rtc.attach')).toMatchObject([{ callID: 'a-2' }]);
    expect((await simulate({ fault: 'media-lost' })).body).toMatchObject({
      data: { call_ids: ['a-1', 'a-2'] },
    });
  });

  it('media-worker-dies: ends the process of the call', async () => {
    const { gateway, simulate } = await watched();
    const leg = gateway.media.typed('accept')[0]?.leg;
    expect((await simulate({ fault: 'media-worker-dies' })).body).toMatchObject({
      data: { call_ids: ['a-1'] },
    });
    expect(gateway.media.killed).toEqual([leg]);
    gateway.media.legs.clear();
    expect(problemOf(await simulate({ fault: 'media-worker-dies' }))).toBe(
      'No media process could be ended.',
    );
  });

  it.each([
    [{ fault: 'earthquake' }, 400, /^fault must be one of drop, half-open, /],
    [{}, 400, /^fault must be one of /],
    [{ fault: 'half-open', seconds: 0 }, 400, /^seconds must be a whole number from 1 to 300\.$/],
    [{ fault: 'half-open', seconds: 301 }, 400, /^seconds must be /],
    [{ fault: 'half-open', seconds: '5' }, 400, /^seconds must be /],
    [{ fault: 'drop', seconds: 5 }, 400, /^seconds is of no use to drop\.$/],
    [{ fault: 'drop', call_id: 'a-1' }, 400, /^call_id is of no use to drop\.$/],
    [{ fault: 'media-lost', call_id: '' }, 400, /^call_id must be 1 to 128 characters\.$/],
    [{ fault: 'drop', why: 'fun' }, 400, /^why is not known\.$/],
    [{ fault: 'media-lost', call_id: 'a-9' }, 422, /^The session has no answered call a-9\.$/],
    [{ fault: 'punt', call_id: 'a-9' }, 422, /^The session has no answered call a-9\.$/],
  ])('%j: is refused in a sentence, and breaks nothing', async (body, status, sentence) => {
    const { alice, bob, simulate, gateway } = await watched();
    const before = [alice.frames.length, bob.frames.length];
    const refused = await simulate(body);
    expect(refused.status).toBe(status);
    expect(problemOf(refused)).toMatch(sentence);
    expect([alice.frames.length, bob.frames.length]).toEqual(before);
    expect([alice.closed, alice.stalledForMs, gateway.media.killed]).toEqual([null, null, []]);
  });

  it('of a session whose call is not answered, has no media to break', async () => {
    const gateway = rig();
    const { alice } = await ringing(gateway);
    const http = await administering(gateway);
    const path = `/v2/sessions/${String(alice.connection.session?.ids.id)}/simulate`;
    expect(problemOf(await http.ask('POST', path, { fault: 'media-lost' }))).toBe(
      'The session has no answered call.',
    );
    expect((await http.ask('POST', '/v2/sessions/nobody/simulate', { fault: 'drop' })).status).toBe(404);
  });

  it('is refused where it is not allowed, whatever is asked', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const http = await administering(gateway, false);
    const path = `/v2/sessions/${String(alice.connection.session?.ids.id)}/simulate`;
    for (const body of [{ fault: 'drop' }, {}]) {
      const refused = await http.ask('POST', path, body);
      expect(refused.status).toBe(403);
      expect(problemOf(refused)).toContain('--allow-simulate');
    }
    expect(alice.closed).toBeNull();
  });
});
