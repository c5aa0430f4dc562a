/** The Debian packages that the tests need beside Node.js: what is missing is installed, or named. */
import { accessSync, constants, existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { run } from './run.mjs';

const needed = [
  { package: 'chromium', program: 'chromium', for: 'calls between browser pages' },
  { package: 'firefox-esr', program: 'firefox-esr', for: 'calls between browser pages' },
  { package: 'iproute2', program: 'ip', for: 'a network of loopback alone' },
  { package: 'util-linux', program: 'unshare', for: 'a network of loopback alone' },
  { package: 'coturn', program: 'turnserver', for: 'calls through a relay' },
  { package: 'postgresql', program: 'pg_ctlcluster', for: 'the store on PostgreSQL' },
  { package: 'openssl', program: 'openssl', for: 'certificates' },
  { package: 'espeak-ng', program: 'espeak-ng', for: 'greetings that are read out' },
  { package: 'haproxy', program: 'haproxy', for: 'the proxy example' },
];

/** @returns {Promise<{ ok: boolean, output: string }>} not ok where something is missing and cannot be installed */
export async function installSystemPackages() {
  const missing = needed.filter(({ program }) => !isInstalled(program));
  if (missing.length === 0) return { ok: true, output: '' };
  const names = missing.map((entry) => entry.package);
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    return { ok: false, output: advice(missing) };

  console.error(`Installing the Debian packages that the tests need: ${names.join(', ')}…`);
  const installed = await install(names);
  if (installed.ok) return installed;
  // The lists of a new machine are empty, those of an old one name versions that are gone.
  const updated = await apt('update');
  return updated.ok ? install(names) : { ok: false, output: installed.output + updated.output };
}

function isInstalled(program) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => isExecutable(`${folder}/${program}`));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function advice(missing) {
  const list = missing.map((entry) => `${entry.package} (${entry.for})`).join(', ');
  return `Some tests need what is not installed here: ${list}. On Debian: sudo apt-get install ${missing
    .map((entry) => entry.package)
    .join(' ')}`;
}

function install(names) {
  return apt('install', '--yes', '--no-install-recommends', ...names);
}

function apt(...args) {
  return run('apt-get', args, { quiet: true, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { ok, output } = await installSystemPackages();
  if (!ok) console.error(output);
  process.exitCode = ok ? 0 : 1;
}
