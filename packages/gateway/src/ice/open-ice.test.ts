import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { resolveSettings } from '../config/settings.ts';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { FakeClock, settled } from '../signaling.fixture.ts';
import { systemRandom } from '../node/clock.ts';
import { openIce } from './open-ice.ts';
import type { TurnHost } from './turn-host.ts';

let data: string;

beforeEach(async () => {
  data = join(await temporaryFolder(), 'data');
  await mkdir(data);
});

/** A machine whose programs run until they are told to end, or a test ends them. */
function machine(options: { program?: string; port?: number | string } = {}) {
  const { program, port = 3478 } = options;
  const running = new Set<(reason: string) => void>();
  const started: string[] = [];
  const host: TurnHost = {
    findProgram: () => Promise.resolve(program),
    findPort: () => Promise.resolve(port),
    run: (file, args) => {
      started.push([file, ...args].join(' '));
      let end: (reason: string) => void = () => undefined;
      const exited = new Promise<string>((resolve) => (end = resolve));
      const stop = () => {
        running.delete(stop);
        end('stopped');
      };
      running.add(stop);
      return { exited, stop };
    },
    answers: () => Promise.resolve(running.size > 0),
  };
  const clock = new FakeClock();
  const warnings: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_: object, message: string) => warnings.push(message),
    error: () => undefined,
  };
  const kill = () => {
    for (const end of running) end('killed');
  };
  return { ports: { host, clock, log, random: systemRandom }, clock, started, warnings, running, kill };
}

const installed = { program: '/usr/bin/turnserver' };

describe('a gateway with coturn on its machine', () => {
  it('runs it with a configuration and a secret that nobody else reads, and tells clients of it', async () => {
    const { ports, started } = machine(installed);
    const { service, turnServer, notice } = await openIce(resolveSettings({ data }), ports);
    const config = join(data, 'coturn-n1.conf');
    expect(started).toEqual([`/usr/bin/turnserver -c ${config}`]);
    expect(notice).toBeUndefined();
    expect(service).toMatchObject({ seconds: 3_600 });
    expect(service?.urls).toContain('turn:127.0.0.1:3478?transport=tcp');
    expect(await readFile(config, 'utf8')).toContain(`static-auth-secret=${service?.secret ?? ''}`);
    for (const file of [config, join(data, 'turn.secret')]) {
      expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    }
    await turnServer?.close();
  });

  it('closes a configuration to others that an earlier run left open', async () => {
    const config = join(data, 'coturn-n1.conf');
    await writeFile(config, 'old');
    await chmod(config, 0o644);
    const { service, turnServer } = await openIce(resolveSettings({ data }), machine(installed).ports);
    await turnServer?.close();
    expect(((await stat(config)).mode & 0o777).toString(8)).toBe('600');
    const text = await readFile(config, 'utf8');
    expect(text).toContain(service?.secret);
    expect(text).not.toMatch(/^old/);
  });

  it('keeps the secret, so that what was granted holds after a restart', async () => {
    const secretOf = async () => {
      const { service, turnServer } = await openIce(resolveSettings({ data }), machine(installed).ports);
      await turnServer?.close();
      return service?.secret;
    };
    expect(await secretOf()).toBe(await secretOf());
  });

  it('starts it again when it dies, tells so, and ends it at last', async () => {
    const { ports, clock, started, warnings, running, kill } = machine(installed);
    const { turnServer } = await openIce(resolveSettings({ data }), ports);
    await turnServer?.check();
    kill();
    await settled();
    await expect(turnServer?.check()).rejects.toThrow('coturn does not answer');
    expect(turnServer?.status()).toEqual({ running: false, starts: 1 });
    expect(warnings).toEqual(['coturn ended; it is started again']);
    await clock.advance(500);
    await turnServer?.check();
    expect(turnServer?.status()).toEqual({ running: true, starts: 2 });
    await turnServer?.close();
    expect([running.size, started.length, clock.timers]).toEqual([0, 2, 0]);
  });
});

describe('a gateway without a TURN server of its own', () => {
  it('says in one sentence what is missing and how to get it', async () => {
    const { service, notice } = await openIce(resolveSettings({ data }), machine().ports);
    expect(service).toBeUndefined();
    expect(notice).toMatch(/^There is no TURN server, .*apt-get install coturn.*\.$/);
  });

  it('says why it cannot be started', async () => {
    const { ports, started } = machine({ ...installed, port: 'port 3478 is in use.' });
    expect(await openIce(resolveSettings({ data }), ports)).toEqual({
      notice: expect.stringMatching(/^The TURN server is not started, .*: port 3478 is in use\.$/),
    });
    expect(started).toEqual([]);
  });

  it('starts none where that is wanted, or where others are named', async () => {
    const { ports, started } = machine(installed);
    const turnUrls = ['turn:turn.example.com'];
    const turnSecret = 'shared-with-the-servers';
    expect(await openIce(resolveSettings({ data, noTurn: true }), ports)).toEqual({});
    expect(await openIce(resolveSettings({ data, turnUrls, turnSecret }), ports)).toEqual({
      service: { urls: turnUrls, secret: turnSecret, seconds: 3_600 },
    });
    expect(started).toEqual([]);
  });

  it('reads the secret of others from a file, and refuses one that is none', async () => {
    const turnSecretFile = join(data, 'secret');
    const turnUrls = ['turns:turn.example.com:443'];
    const open = () => openIce(resolveSettings({ data, turnUrls, turnSecretFile }), machine().ports);
    await writeFile(turnSecretFile, 'shared-with-the-servers\n');
    expect((await open()).service).toMatchObject({ secret: 'shared-with-the-servers' });
    await writeFile(turnSecretFile, 'too short\n');
    await expect(open()).rejects.toThrow(/TURN secret in .* at least 16 characters/);
  });
});
