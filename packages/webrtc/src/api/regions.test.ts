import { ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

const SERVER = { env: 'wss://calls.example.com/ws' };
const A_WHILE = 600;

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway();
});

const hosts = (): string[] => gateway.urls.map((url) => new URL(url).hostname);

describe('a client with a region', () => {
  it('connects to its host, and stays there', async () => {
    const alice = await Alice.ready(gateway, { ...SERVER, region: 'eu' });
    expect(gateway.urls).toEqual(['wss://eu.calls.example.com/ws']);
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(hosts()).toEqual(['eu.calls.example.com', 'eu.calls.example.com']);
    expect(alice.connection.at(-1)).toBe('ready');
    expect(alice.client.connection.host).toBe('wss://eu.calls.example.com/ws');
  });

  it('that nobody can reach, is told so once, by name, and goes on trying nothing else', async () => {
    gateway.reachable = false;
    const alice = await Alice.ready(gateway, { ...SERVER, region: 'nowhere' });
    await alice.clock.advance(60_000);
    expect(alice.errors.filter(({ error }) => error.code === 45001)).toMatchObject([
      {
        error: {
          message: 'No region could be reached: wss://nowhere.calls.example.com/ws',
          fatal: false,
        },
      },
    ]);
    expect(new Set(hosts())).toEqual(new Set(['nowhere.calls.example.com']));
    gateway.reachable = true;
    await alice.clock.advance(20_000);
    expect(alice.connection.at(-1)).toBe('ready');
  });

  it('and one that does not answer, tries the next after its time', async () => {
    gateway.hangs = true;
    const alice = await Alice.ready(gateway, { ...SERVER, region: ['eu', 'us-east'] });
    gateway.hangs = false;
    await alice.clock.advance(5_000 + A_WHILE);
    expect(hosts()).toEqual(['eu.calls.example.com', 'us-east.calls.example.com']);
    expect(alice.connection.at(-1)).toBe('ready');
  });

  it('or several, takes the first that can be reached, and keeps to it', async () => {
    gateway.reachable = (url) => !url.includes('//eu.');
    const alice = await Alice.ready(gateway, { ...SERVER, region: ['eu', 'us-east', 'apac'] });
    await alice.clock.advance(A_WHILE);
    gateway.reachable = true;
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(hosts().map((host) => host.split('.')[0])).toEqual(['eu', 'us-east', 'us-east']);
    expect(alice.errorCodes).not.toContain(45001);

    await alice.client.disconnect();
    await alice.client.connect();
    await settle();
    expect(hosts().at(-1)).toBe('eu.calls.example.com');
    await alice.client.disconnect();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('a client without a region', () => {
  it('is told of no region where the server cannot be reached', async () => {
    gateway.reachable = false;
    const alice = await Alice.ready(gateway, SERVER);
    await alice.clock.advance(10_000);
    expect(new Set(alice.errorCodes)).toEqual(new Set([45002]));
  });
});
