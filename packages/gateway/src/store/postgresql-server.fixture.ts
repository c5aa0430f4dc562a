import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface PostgresqlServer {
  /** Of a database that nobody else uses. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL of Debian's package for a test: in a temporary folder, on a Unix socket, with no port. */
export async function startPostgresqlServer(): Promise<PostgresqlServer> {
  const programs = await findPrograms();
  const folder = await mkdtemp(join(tmpdir(), 'parley-postgresql-'));
  const data = join(folder, 'data');
  const user = unprivilegedUser();
  if (user) await chown(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder };
  const run = promisify(execFile);
  const initialise = [
    '--pgdata',
    data,
    '--username',
    'parley',
    '--auth',
    'trust',
    '--no-sync',
    '--encoding',
    'UTF8',
  ];
  await run(join(programs, 'initdb'), initialise, options);
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off'],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await ready(server);
  let databases = 0;
  return {
    async newDatabase() {
      databases += 1;
      const name = `test${String(databases)}`;
      await run(join(programs, 'createdb'), ['-h', folder, '-U', 'parley', name], options);
      return `postgresql://parley@${encodeURIComponent(folder)}/${name}`;
    },
    async stop() {
      server.kill('SIGINT');
      await once(server, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

async function ready(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => {
      reject(new Error(`PostgreSQL did not start:\n${said}`));
    });
  });
}

async function findPrograms(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []);
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0];
  if (newest === undefined) {
    throw new Error("The store's tests need a PostgreSQL server: install Debian's package postgresql.");
  }
  return join(root, newest, 'bin');
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
