import { CALL_ANSWERED, ScriptedGateway, settle } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Alice } from './api/alice.fixture.ts';
import { simulate } from './simulate.ts';

let gateway: ScriptedGateway;

class FakeCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;

  constructor(type: string, { code = 1006, reason = '' }: CloseEventInit) {
    super(type);
    this.code = code;
    this.reason = reason;
  }
}

beforeEach(() => {
  vi.stubGlobal('CloseEvent', FakeCloseEvent);
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const words = ({ connections }: Alice): string[] =>
  connections.map(({ state, reason }) => `${state}: ${reason}`).slice(2);

describe('simulate', () => {
  it('drop: the socket closes, and the client is back at once', async () => {
    const alice = await Alice.ready(gateway);
    await simulate(alice.client, 'drop');
    await alice.clock.advance(200);
    expect(words(alice)).toEqual(['reconnecting: socket-closed', 'connected: registration']);
  });

  it('half-open: nothing passes, until the client finds out', async () => {
    const alice = await Alice.ready(gateway);
    const heard = gateway.received.length;
    const over = simulate(alice.client, 'half-open', { seconds: 20 });
    gateway.push('telnyx_rtc.ping', {});
    await alice.clock.advance(13_900);
    expect(gateway.received).toHaveLength(heard);
    await alice.clock.advance(200);
    expect(words(alice)).toEqual(['reconnecting: silent', 'connected: registration']);
    await alice.clock.advance(6_000);
    await over;
  });

  it('half-open for a moment: the socket is kept', async () => {
    const alice = await Alice.ready(gateway);
    const over = simulate(alice.client, 'half-open', { seconds: 3 });
    await alice.clock.advance(3_000);
    await over;
    gateway.push('telnyx_rtc.ping', {});
    await settle();
    expect(gateway.requests('telnyx_rtc.ping')).toHaveLength(1);
  });

  it('server-leaves: it is left alone for the time', async () => {
    const alice = await Alice.ready(gateway);
    await simulate(alice.client, 'server-leaves', { seconds: 30 });
    await settle();
    expect(alice.connections.at(-1)).toMatchObject({ state: 'reconnecting', closeCode: 1012 });
    await alice.clock.advance(29_000);
    expect(gateway.urls).toHaveLength(1);
    await alice.clock.advance(7_000);
    expect(words(alice).at(-1)).toBe('connected: registration');
  });

  it('offline: no socket can be opened until it is over', async () => {
    const alice = await Alice.ready(gateway);
    vi.stubGlobal('dispatchEvent', ({ type }: Event) => {
      if (type === 'online' || type === 'offline') alice.page(type);
    });
    const over = simulate(alice.client, 'offline', { seconds: 60 });
    await alice.clock.advance(5_000);
    expect(gateway.urls).toHaveLength(1);
    expect(alice.connections.at(-1)?.state).toBe('offline');
    expect(alice.errorCodes).toContain(48001);
    await alice.clock.advance(55_000);
    await over;
    await settle();
    expect(alice.connections.at(-1)?.state).toBe('connected');
  });

  it('media-fails and microphone-lost: in every call', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    await simulate(alice.client, 'microphone-lost');
    expect(alice.warningCodes).toContain(33102);
    await simulate(alice.client, 'media-fails');
    expect(call.peer?.instance.signalingState).toBe('closed');
  });

  it('is refused where there is nothing to break, and for a time out of bounds', async () => {
    const alice = await Alice.ready(gateway);
    await expect(simulate(alice.client, 'media-fails')).rejects.toThrow('no call');
    await expect(simulate(alice.client, 'sleep', { seconds: 601 })).rejects.toThrow(RangeError);
    await expect(simulate(alice.client, 'sleep', { seconds: Number.NaN })).rejects.toThrow(RangeError);
    await alice.client.disconnect();
    await expect(simulate(alice.client, 'drop')).rejects.toThrow('no connection');
    await expect(simulate(alice.client, 'offline')).rejects.toThrow('no connection');
    await alice.client.connect();
    await settle();
    expect(alice.connections.at(-1)?.state).toBe('connected');
  });

  it('offline while it is offline: refused, and it is back when the first is over', async () => {
    const alice = await Alice.ready(gateway);
    vi.stubGlobal('dispatchEvent', ({ type }: Event) => {
      if (type === 'online' || type === 'offline') alice.page(type);
    });
    const first = simulate(alice.client, 'offline', { seconds: 10 });
    await expect(simulate(alice.client, 'offline', { seconds: 11 })).rejects.toThrow('already');
    await alice.clock.advance(12_000);
    await first;
    await alice.clock.advance(5_000);
    gateway.cut();
    await alice.clock.advance(60_000);
    expect(alice.connections.at(-1)?.state).toBe('connected');
  });
});
