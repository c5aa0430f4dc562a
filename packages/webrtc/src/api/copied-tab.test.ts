import { CALL_ANSWERED, FakeLocks, fakeSdp, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice } from './alice.fixture.ts';

let gateway: ScriptedGateway;
let locks: FakeLocks;

beforeEach(() => {
  locks = new FakeLocks();
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

const OUTLIVING = { hangupOnBeforeUnload: false };

function open(options: object = {}): Alice {
  const alice = new Alice(gateway, { ...OUTLIVING, ...options });
  alice.locks = locks;
  return alice;
}

/** In a call, in the background: what the next page is to go on with stands in the storage of the tab. */
async function openOriginal(): Promise<Alice> {
  const original = open();
  await original.client.connect();
  await settle();
  const call = await original.talk();
  gateway.survivors = [call.id];
  original.isVisible = false;
  original.page('visibilitychange');
  return original;
}

/** A page in a tab that has what is in the storage of another. */
function openBeside({ storage }: Alice): Alice {
  const page = open();
  page.storage = new Map(storage);
  return page;
}

async function leave(page: Alice): Promise<void> {
  page.page('pagehide');
  gateway.cut();
  await settle();
}

const lastLogin = () => gateway.requests('login').at(-1)?.params;
const RESUMED = { reconnection: true, sessid: 'S' };

describe('a page that finds the session of another in the storage of its tab', () => {
  it('which lives, though without a socket: leaves it alone, and signs in afresh', async () => {
    const original = await openOriginal();
    gateway.reachable = false;
    gateway.cut();
    await original.clock.advance(5_000);
    gateway.reachable = true;
    const copy = openBeside(original);
    await copy.client.connect();
    await copy.clock.advance(1_000);
    expect(lastLogin()).toMatchObject({ reconnection: false });
    expect(lastLogin()).not.toHaveProperty('sessid');
    expect(copy.connections.at(-1)?.state).toBe('connected');
    expect(copy.storage.size).toBe(0);
    expect(original.storage.size).toBe(1);
    await original.clock.advance(30_000);
    expect(lastLogin()).toMatchObject(RESUMED);
    expect(Object.values(original.client.calls)).toMatchObject([{ state: 'active' }]);
  });

  it('whose place a third has taken: leaves that alone as well', async () => {
    const original = await openOriginal();
    const [reloaded, copy] = [openBeside(original), openBeside(original)];
    await leave(original);
    await reloaded.client.connect();
    await settle();
    expect(lastLogin()).toMatchObject(RESUMED);
    await copy.client.connect();
    await copy.clock.advance(1_000);
    expect(lastLogin()).toMatchObject({ reconnection: false });
  });

  it('which is gone: takes it up at once', async () => {
    const original = await openOriginal();
    await leave(original);
    const reloaded = openBeside(original);
    await reloaded.client.connect();
    await settle();
    expect(lastLogin()).toMatchObject(RESUMED);
    expect(reloaded.storage.size).toBe(0);
    expect(reloaded.clock.pending).toBe(1);
  });

  it('which goes within a second: waits for that', async () => {
    const original = await openOriginal();
    const logins = gateway.requests('login').length;
    const reloaded = openBeside(original);
    await reloaded.client.connect();
    await reloaded.clock.advance(900);
    expect(gateway.requests('login')).toHaveLength(logins);
    await leave(original);
    expect(lastLogin()).toMatchObject(RESUMED);
  });

  it('and goes before it knows whose it is: the next one finds it, too', async () => {
    const original = await openOriginal();
    const hasty = openBeside(original);
    await hasty.client.connect();
    await hasty.clock.advance(100);
    hasty.page('pagehide');
    const patient = openBeside(hasty);
    await leave(original);
    await patient.client.connect();
    await settle();
    expect(lastLogin()).toMatchObject(RESUMED);
  });

  it('and is signed out before it knows: takes nothing up, and leaves it to the next one', async () => {
    const original = await openOriginal();
    const brief = openBeside(original);
    await brief.client.connect();
    await brief.client.disconnect();
    await leave(original);
    await brief.clock.advance(2_000);
    expect(gateway.requests('login')).toHaveLength(1);
    expect(locks.count).toBe(0);
    const next = openBeside(brief);
    await next.client.connect();
    await settle();
    expect(lastLogin()).toMatchObject(RESUMED);
  });

  it('in a browser without locks: takes it up', async () => {
    const original = await openOriginal();
    const other = openBeside(original);
    other.locks = undefined;
    await other.client.connect();
    await settle();
    expect(lastLogin()).toMatchObject(RESUMED);
  });
});

describe('a page that comes back from the back/forward cache', () => {
  it('goes on with the call that a page of its tab has left meanwhile', async () => {
    const first = open();
    await first.client.connect();
    await settle();
    await leave(first);
    expect(locks.count).toBe(0);
    gateway.on('login', LOGIN_OK({ granted: ['recovery'] }, 'T'));
    const second = openBeside(first);
    await second.client.connect();
    await settle();
    const call = await second.talk();
    gateway.survivors = [call.id];
    await leave(second);
    first.storage = second.storage;
    first.page('pageshow');
    await settle();
    await first.clock.advance(200);
    expect(lastLogin()).toMatchObject({
      reconnection: true,
      sessid: 'T',
      parley: { calls: [{ callID: call.id, media: 'lost' }] },
    });
    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer'), parley: { epoch: 1 } });
    await settle();
    expect(Object.values(first.client.calls)).toMatchObject([{ id: call.id, state: 'active' }]);
    expect(locks.count).toBe(2);
  });

  it('while the socket that it had seems open still: takes another for it', async () => {
    const first = open();
    await first.client.connect();
    await settle();
    first.page('pagehide');
    gateway.on('login', LOGIN_OK({ granted: ['recovery'] }, 'T'));
    const second = openBeside(first);
    await second.client.connect();
    await settle();
    await second.talk();
    second.page('pagehide');
    first.storage = second.storage;
    first.page('pageshow');
    await first.clock.advance(200);
    expect(lastLogin()).toMatchObject({ sessid: 'T' });
  });
});
