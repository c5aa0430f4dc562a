import { CALL_ANSWERED, IGNORES, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

describe('credentials that are given while a login is under way', () => {
  it('are used', async () => {
    gateway.on('login', IGNORES);
    const alice = await Alice.ready(gateway);
    gateway.on('login', LOGIN_OK());
    let told = '';
    void alice.client.login({
      creds: { login: 'alice', password: 'new' },
      onSuccess: () => (told = 'success'),
    });
    await settle();
    expect({ told, last: gateway.requests('login').at(-1)?.params['passwd'] }).toEqual({
      told: 'success',
      last: 'new',
    });
  });

  it('are used where the former are refused then', async () => {
    gateway.on('login', IGNORES);
    const alice = await Alice.ready(gateway);
    void alice.client.login({ creds: { login: 'alice', password: 'new' } });
    await settle();
    const [first] = gateway.requests('login');
    gateway.on('login', LOGIN_OK());
    if (first) gateway.refuse(first, -32001, 'No');
    await settle();
    await alice.clock.advance(12_000);
    expect(alice.connections.at(-1)?.state).toBe('connected');
  });
});

describe('login() while the next attempt is waited for', () => {
  it('connects', async () => {
    const alice = await Alice.ready(gateway);
    alice.random = 0.99;
    gateway.reachable = false;
    gateway.cut();
    await alice.clock.advance(60_000);
    gateway.reachable = true;
    const { nextAttemptAt = 0 } = alice.connections.at(-1) ?? {};
    expect(nextAttemptAt - alice.clock.now()).toBeGreaterThan(1_000);
    void alice.client.login({ creds: { login: 'alice', password: 'new' } });
    await settle();
    expect(alice.connections.at(-1)?.state).toBe('connected');
  });
});
