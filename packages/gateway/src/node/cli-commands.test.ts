import { execFileSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { settingsHelp } from '../config/settings-schema.ts';
import { optionOf } from '../config/settings-sources.ts';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { openRegistrar } from '../registrar/registrar.ts';
import { openDataKey } from '../store/data-key.ts';
import { openStore } from '../store/open-store.ts';
import { systemRandom } from './clock.ts';
import { runCommand } from './cli-commands.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let data: string;
beforeEach(async () => {
  data = join(await temporaryFolder(), 'data');
});

async function run(...args: string[]): Promise<{ code: number; printed: string[]; complaints: string[] }> {
  const printed: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(args, {
    environment: { PARLEY_DATA: data, PATH: process.env['PATH'] },
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
  });
  return { code, printed, complaints };
}

async function authenticate(kind: 'password' | 'token', ...proof: [string, string?]) {
  const store = await openStore({ data, databaseUrl: null });
  const { authenticator } = await openRegistrar({
    store,
    dataKey: await openDataKey(data),
    random: systemRandom,
    now: Date.now,
  });
  const found = await (kind === 'token'
    ? authenticator.token(proof[0])
    : authenticator.password(proof[0], proof[1] ?? ''));
  await store.close();
  return found?.identity;
}

const done = { code: 0, complaints: [] };

describe('the command line', () => {
  it('asked for help, lists every command and every setting', async () => {
    const { code, printed } = await run('--help');
    const text = printed.join('\n');
    expect(code).toBe(0);
    for (const setting of settingsHelp.keys()) expect(text).toContain(`--${optionOf(setting)}`);
    for (const command of [
      'start',
      'api-key create',
      'credential delete',
      'token',
      'backup',
      'restore',
      'doctor',
    ]) {
      expect(text).toContain(`  ${command}`);
    }
    expect(await run('credential', 'create', '--help')).toMatchObject({ code: 0, printed });
  });

  it('asked for its version, prints that of the package', async () => {
    const { version }: { version: string } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(await run('--version')).toEqual({ ...done, printed: [version] });
  });

  it.each([
    ['an unknown command', ['fly'], 'There is no command "fly": parley-gateway --help lists them all.'],
    [
      'half a command',
      ['credential'],
      'There is no command "credential": parley-gateway --help lists them all.',
    ],
    ['a missing argument', ['api-key', 'create'], 'NAME is missing.'],
    ['an argument too many', ['api-key', 'create', 'a', 'b'], '"b" is one argument too many.'],
    [
      'a mistaken setting',
      ['token', 'alice', '--port', 'x'],
      '--port must be a whole number from 0 to 65535.',
    ],
  ])('given %s, tells so in one sentence', async (_, args, complaint) => {
    expect(await run(...args)).toEqual({ code: 2, printed: [], complaints: [complaint] });
  });

  it('without a command, shows the help as a mistake', async () => {
    expect(await run()).toMatchObject({ code: 2, complaints: [] });
  });
});

describe('credentials on the command line', () => {
  it('made with everything, can log in', async () => {
    const options = [
      '--password',
      'correct horse',
      '--display-name',
      'Alice A.',
      '--caller-number',
      '+15550100',
    ];
    const { code, printed } = await run(
      'credential',
      'create',
      'alice',
      ...options,
      '--caller-number',
      '+15550101',
    );
    expect(code).toBe(0);
    expect(printed).toEqual([
      expect.stringMatching(/^id {8}[0-9a-f-]{36}$/),
      'username  alice',
      'password  correct horse',
    ]);
    expect(await authenticate('password', 'alice', 'correct horse')).toMatchObject({
      displayName: 'Alice A.',
      callerNumbers: ['+15550100', '+15550101'],
    });
  });

  it('made with a name alone, gets a password that is told', async () => {
    const { printed } = await run('credential', 'create', 'alice');
    const password = printed[2]?.split(/ +/)[1] ?? '';
    expect(await authenticate('password', 'alice', password)).toMatchObject({ sipUsername: 'alice' });
  });

  it('made wrongly, are refused and name the option', async () => {
    const options = ['--password', 'x', '--caller-number', 'y', '--expires-at', 'z'];
    const { code, complaints } = await run('credential', 'create', 'a b', ...options);
    expect(code).toBe(1);
    expect(complaints.join('\n').split('\n').sort()).toEqual([
      '--caller-number must be a phone number such as +15550100.',
      '--expires-at must be a time in ISO 8601 such as 2030-01-31T12:00:00Z.',
      '--password must be 8 to 128 characters.',
      'USERNAME must be 1 to 64 letters, digits and the characters _ . + -.',
    ]);
  });

  it('made twice, are refused', async () => {
    await run('credential', 'create', 'alice');
    const again = await run('credential', 'create', 'alice');
    expect(again).toMatchObject({ code: 1, complaints: ['A user named alice exists already.'] });
  });

  it('listed and deleted, are gone', async () => {
    await run('credential', 'create', 'alice', '--name', 'Sales desk');
    await run('credential', 'create', 'bob', '--expires-at', '2099-01-01T00:00:00Z');
    const { printed } = await run('credential', 'list');
    expect(printed[0]).toMatch(/^ID +USERNAME +EXPIRES +NAME$/);
    expect(printed.slice(1).sort((one, other) => one.slice(38).localeCompare(other.slice(38)))).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36} {2}alice +never +Sales desk$/),
      expect.stringMatching(/^[0-9a-f-]{36} {2}bob +2099-01-01T00:00:00\.000Z +bob$/),
    ]);
    expect(await run('credential', 'delete', 'alice')).toEqual({ ...done, printed: [] });
    expect((await run('credential', 'list')).printed).toHaveLength(2);
    const again = await run('credential', 'delete', 'alice');
    expect(again).toMatchObject({
      code: 1,
      complaints: ['There is no user, and no credential with the id, alice.'],
    });
  });
});

describe('tokens on the command line', () => {
  it('printed, open; revoked, open nothing', async () => {
    await run('credential', 'create', 'alice');
    const { printed } = await run('token', 'alice');
    const token = printed[0] ?? '';
    expect(printed).toHaveLength(1);
    expect(await authenticate('token', token)).toMatchObject({ sipUsername: 'alice' });
    expect(await run('token', '--revoke', token)).toEqual({ ...done, printed: [] });
    expect(await authenticate('token', token)).toBeUndefined();
    expect(await run('token', '--revoke', 'alice')).toMatchObject({
      code: 1,
      complaints: ['This is no login token.'],
    });
  });
});

describe('API keys on the command line', () => {
  it('made, are printed once; listed, are shown by their beginning; revoked, are gone', async () => {
    const { printed } = await run('api-key', 'create', 'Website');
    const secret = printed[0] ?? '';
    expect(secret).toMatch(/^KEY[\w-]{43}$/);
    const { printed: listed } = await run('api-key', 'list');
    expect(listed[1]).toMatch(new RegExp(`^[0-9a-f-]{36} {2}${secret.slice(0, 8)}… .* Website$`));
    expect(listed.join('\n')).not.toContain(secret);
    const id = listed[1]?.split(' ')[0] ?? '';
    expect(await run('api-key', 'revoke', id)).toEqual({ ...done, printed: [] });
    expect(await run('api-key', 'revoke', id)).toMatchObject({ code: 1 });
  });
});

describe('a folder without data', () => {
  it.each([
    ['credential', 'list'],
    ['credential', 'delete', 'alice'],
    ['api-key', 'list'],
    ['token', 'alice'],
    ['backup', '/tmp/nowhere/backup'],
  ])('%s %s, is told and not made', async (...args) => {
    const { code, complaints } = await run(...args);
    expect(code).toBe(1);
    expect(complaints).toEqual([expect.stringContaining(`There is no gateway's data in ${data}`)]);
    await expect(readFile(join(data, 'parley.sqlite'))).rejects.toThrow(/ENOENT/);
  });
});

describe('a back-up on the command line', () => {
  it('restored elsewhere, lets users log in', async () => {
    await run('credential', 'create', 'alice', '--password', 'correct horse');
    const file = join(data, '..', 'backup');
    expect(await run('backup', file)).toMatchObject(done);
    expect(await run('backup', file)).toMatchObject({
      code: 1,
      complaints: [`${file} exists already: give another name.`],
    });
    expect(await run('restore', file)).toMatchObject({ code: 1 });
    data = join(data, '..', 'other');
    expect(await run('restore', file)).toMatchObject({
      ...done,
      printed: [`The back-up is restored in ${data}.`],
    });
    expect(await authenticate('password', 'alice', 'correct horse')).toBeDefined();
  });

  it('of PostgreSQL, says how it is made', async () => {
    const { code, complaints } = await run('backup', '/tmp/x', '--database-url', 'postgresql://localhost/x');
    expect(code).toBe(1);
    expect(complaints).toEqual([expect.stringContaining('pg_dump')]);
  });
});

describe('the doctor', () => {
  const findings = async (...args: string[]) => (await run('doctor', '--port', '0', ...args)).printed;

  it('of a sound machine, finds nothing that fails', async () => {
    const { code, printed } = await run('doctor', '--port', '0');
    expect(code).toBe(0);
    expect(printed.filter((line) => line.startsWith('fail'))).toEqual([]);
    expect(printed).toEqual(
      expect.arrayContaining([expect.stringMatching(/^ok {4}Node\.js .* is new enough\.$/)]),
    );
    for (const line of printed) expect(line).toMatch(/^(ok {2}|warn|fail) {2}[A-Z`a-z0-9].*\.$/);
  });

  it('of a port that is taken, tells so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = String(typeof address === 'object' && address ? address.port : 0);
    expect((await run('doctor', '--port', port)).printed).toEqual(
      expect.arrayContaining([expect.stringMatching(/^warn {2}TCP port .* cannot be opened/)]),
    );
    server.close();
  });

  it('of an address that is not here, tells so', async () => {
    expect(await findings('--media-address', '192.0.2.1')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^warn {2}UDP ports 40000 to 40999 of 192\.0\.2\.1 cannot be opened/),
      ]),
    );
  });

  it('of a data key that others read, fails', async () => {
    await run('api-key', 'create', 'x');
    await openDataKey(data);
    await chmod(join(data, 'data.key'), 0o644);
    const { code, printed } = await run('doctor', '--port', '0');
    expect(code).toBe(1);
    expect(printed).toEqual(
      expect.arrayContaining([expect.stringMatching(/^fail {2}The data key .* chmod 600/)]),
    );
  });

  it('of a data folder that is a file, fails', async () => {
    data = join(data, '..', 'file');
    await writeFile(data, '');
    const { code, printed } = await run('doctor', '--port', '0');
    expect(code).toBe(1);
    expect(printed).toEqual(
      expect.arrayContaining([expect.stringMatching(/^fail {2}The data folder .* cannot be written/)]),
    );
  });

  it('of a host for others without TLS, warns that there will be no microphone', async () => {
    expect(await findings('--host', '0.0.0.0')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^warn {2}There is no TLS/)]),
    );
    expect((await findings('--host', '0.0.0.0', '--trust-proxy', '192.0.2.1')).join()).not.toContain('TLS');
  });

  it('of a certificate about to expire, warns', async () => {
    const [cert, key] = [join(data, '..', 'cert.pem'), join(data, '..', 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    expect(await findings('--tls-cert', cert, '--tls-key', key)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^warn {2}The certificate .* expires on/)]),
    );
    expect(await findings('--tls-cert', '/nowhere', '--tls-key', key)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^fail {2}The certificate \/nowhere or its key cannot be used/),
      ]),
    );
  });

  it('of a machine without coturn, says what to install', async () => {
    const printed: string[] = [];
    await runCommand(['doctor', '--port', '0'], {
      environment: { PARLEY_DATA: data, PATH: '/nowhere' },
      print: (line) => printed.push(line),
      complain: () => undefined,
    });
    expect(printed).toEqual(
      expect.arrayContaining([expect.stringMatching(/^warn {2}coturn is not installed/)]),
    );
  });
});
