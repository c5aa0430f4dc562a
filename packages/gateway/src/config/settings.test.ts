import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLoopback } from './loopback.ts';
import { resolveSettings, SettingsError } from './settings.ts';
import { readCommandLine } from './settings-sources.ts';
import { temporaryFolder } from './temporary-folder.fixture.ts';

function mistakesOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('nothing given, has the documented defaults', () => {
    expect(resolveSettings({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      data: '.parley',
      databaseUrl: null,
      demo: false,
      mediaAddresses: ['127.0.0.1'],
      mediaPorts: { min: 40_000, max: 40_999 },
      noTurn: false,
      turnPort: 3478,
      turnRelayPorts: { min: 41_000, max: 41_999 },
      turnUrls: [],
      turnSecretFile: null,
      turnSecret: null,
      turnSeconds: 3_600,
      holdSeconds: 190,
      keepCalls: false,
      allowSimulate: false,
      ringSeconds: 60,
      drainSeconds: 30,
      waitingPerAddress: 20,
      allowedOrigins: [],
      trustProxy: [],
      tlsCert: null,
      tlsKey: null,
      nodeId: 'n1',
      region: 'local',
      canary: false,
      assistants: [],
      otlpEndpoint: null,
      logLevel: 'info',
    });
  });

  it('an undefined member, is as if it were not given', () => {
    expect(resolveSettings({ port: undefined }).port).toBe(8080);
  });

  it('texts for numbers, lists and ranges, are read', () => {
    const settings = resolveSettings({
      port: '0',
      demo: 'true',
      mediaPorts: '5000-6000',
      allowedOrigins: 'https://a.example, https://b.example:8443',
      mediaAddresses: ['192.0.2.1,192.0.2.2', '2001:db8::1'],
    });
    expect(settings).toMatchObject({
      port: 0,
      demo: true,
      mediaPorts: { min: 5000, max: 6000 },
      allowedOrigins: ['https://a.example', 'https://b.example:8443'],
      mediaAddresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
    });
  });

  it('a host that others reach, offers media on addresses that others reach', () => {
    for (const settings of [{ host: '0.0.0.0' }, { trustProxy: '127.0.0.1' }]) {
      expect(resolveSettings(settings).mediaAddresses.some(isLoopback)).toBe(false);
    }
  });

  it.each([
    [{ port: 'http' }, 'port must be a whole number from 0 to 65535.'],
    [{ port: 65_536 }, 'port must be a whole number from 0 to 65535.'],
    [{ port: 1.5 }, 'port must be a whole number from 0 to 65535.'],
    [{ port: '' }, 'port must be a whole number from 0 to 65535.'],
    [{ port: null }, 'port must be a whole number from 0 to 65535.'],
    [{ host: '' }, 'host must be a text that is not empty.'],
    [{ demo: 'yes' }, 'demo must be true or false.'],
    [{ mediaAddresses: 'example.com' }, 'mediaAddresses must be IP addresses.'],
    [
      { mediaPorts: '40999-40000' },
      'mediaPorts must be a range of at least two ports from 1024 to 65535, such as 40000-40999.',
    ],
    [
      { mediaPorts: '4000' },
      'mediaPorts must be a range of at least two ports from 1024 to 65535, such as 40000-40999.',
    ],
    [
      { allowedOrigins: ['app.example.com'] },
      'allowedOrigins must be origins such as https://app.example.com, or *.',
    ],
    [
      { allowedOrigins: ['https://app.example.com/'] },
      'allowedOrigins must be origins such as https://app.example.com, or *.',
    ],
    [{ trustProxy: ['everybody'] }, 'trustProxy must be IP addresses or CIDR ranges.'],
    [{ databaseUrl: 'mysql://x' }, 'databaseUrl must be a URL that starts with postgresql://.'],
    [{ logLevel: 'loud' }, 'logLevel must be one of fatal, error, warn, info, debug, trace and silent.'],
    [{ nodeId: 'a-b' }, 'nodeId must be 1 to 32 letters and digits.'],
    [{ colour: 'red' }, 'There is no setting colour.'],
    [{ tlsCert: 'cert.pem' }, 'tlsCert and tlsKey must be given together.'],
  ])('%j, is refused by a sentence that names it', (given, sentence) => {
    expect(mistakesOf(() => resolveSettings(given))).toEqual([sentence]);
  });

  it('several mistakes, are told at once', () => {
    expect(mistakesOf(() => resolveSettings({ port: 'x', host: '', colour: 1 }))).toHaveLength(3);
  });

  it('demo users on a host that others reach, are refused', () => {
    expect(mistakesOf(() => resolveSettings({ demo: true, host: '0.0.0.0' }))).toHaveLength(1);
    expect(mistakesOf(() => resolveSettings({ demo: true, trustProxy: '127.0.0.1' }))).toHaveLength(1);
    expect(mistakesOf(() => resolveSettings({ demo: true, host: '::1' }))).toEqual([]);
  });
});

const loadSettings = async (...source: Parameters<typeof readCommandLine>) =>
  (await readCommandLine(...source)).settings;

describe('settings from their sources', () => {
  it('one given everywhere, is taken from the command line, then the environment, then the file', async () => {
    const file = join(await temporaryFolder(), 'parley.json');
    await writeFile(file, JSON.stringify({ port: 1, ringSeconds: 2, holdSeconds: 3 }));
    const environment = { PARLEY_PORT: '4', PARLEY_RING_SECONDS: '5', HOME: '/root' };
    const settings = await loadSettings(['--config', file, '--port', '6'], environment);
    expect(settings).toMatchObject({ port: 6, ringSeconds: 5, holdSeconds: 3 });
  });

  it('the file, may be named by the environment', async () => {
    const file = join(await temporaryFolder(), 'parley.json');
    await writeFile(file, JSON.stringify({ allowedOrigins: ['https://a.example'] }));
    const { allowedOrigins } = await loadSettings([], { PARLEY_CONFIG: file });
    expect(allowedOrigins).toEqual(['https://a.example']);
  });

  it('a mistake, is named as its source spells it', async () => {
    const file = join(await temporaryFolder(), 'parley.json');
    await writeFile(file, JSON.stringify({ ringSeconds: 0 }));
    const load = loadSettings(['--config', file, '--media-ports', '1'], { PARLEY_DRAIN_SECONDS: '-1' });
    await expect(load).rejects.toMatchObject({
      mistakes: [
        expect.stringMatching(/^--media-ports must be /),
        `"ringSeconds" in ${file} must be a whole number from 1 to 600.`,
        'PARLEY_DRAIN_SECONDS must be a whole number from 0 to 86400.',
      ],
    });
  });

  it.each([
    ['an unknown option', ['--colour'], {}, /--colour/],
    ['an option without its value', ['--port'], {}, /--port/],
    ['a word too many', ['now'], {}, /now/],
    ['an unknown variable', [], { PARLEY_COLOUR: 'red' }, /^There is no setting PARLEY_COLOUR\.$/],
    ['a file that does not exist', ['--config', '/nowhere.json'], {}, /nowhere\.json/],
    ['demo users for everybody', ['--demo', '--host', '0.0.0.0'], {}, /^--demo /],
  ])('%s, is refused by one sentence', async (_, args, environment, sentence) => {
    const mistakes = await loadSettings(args, environment).then(
      () => [],
      (error: unknown) => (error instanceof SettingsError ? error.mistakes : []),
    );
    expect(mistakes).toEqual([expect.stringMatching(sentence)]);
  });

  it('an option that may be repeated, collects its values', async () => {
    const args = ['--media-address', '192.0.2.1', '--media-address', '192.0.2.2'];
    const { mediaAddresses } = await loadSettings(args, {});
    expect(mediaAddresses).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('an empty variable, is as if it were not set', async () => {
    expect((await loadSettings([], { PARLEY_PORT: '' })).port).toBe(8080);
  });
});

describe('loopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'a.localhost'])('%s, is', (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com', ''])('%s, is not', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('settings of TURN', () => {
  it.each([
    [{ turnUrls: ['turn:t'] }, /^turnUrls needs the secret/],
    [{ turnUrls: ['turn:t'], turnSecret: 'short' }, /^turnSecret must be at least 16/],
    [{ turnSecret: 'shared-with-the-servers' }, /^A TURN secret is of use only with turnUrls/],
    [
      { turnUrls: 'turn:t', turnSecret: 'shared-with-the-servers', turnSecretFile: 'f' },
      /^turnSecret and turnSecretFile must not both/,
    ],
    [{ turnUrls: 'stun:t', noTurn: true }, /^noTurn and turnUrls contradict/],
    [{ turnUrls: 'https://t' }, /^turnUrls must be URLs such as turn:/],
    [{ turnRelayPorts: '40500-41500' }, /^turnRelayPorts and mediaPorts must not overlap/],
    [{ turnSeconds: 1 }, /^turnSeconds must be a whole number from 2/],
  ])('%j, are refused, saying why', (given, why) => {
    expect(mistakesOf(() => resolveSettings(given))).toEqual([expect.stringMatching(why)]);
  });

  it('that name servers without a secret, do where none of them relays', () => {
    expect(resolveSettings({ turnUrls: 'stun:a,stuns:b' }).turnUrls).toEqual(['stun:a', 'stuns:b']);
  });
});
