import { readFileSync } from 'node:fs';
import { root, run } from './run.mjs';

/**
 * Installs the npm packages of package-lock.json where one is missing or of another version.
 *
 * Not by `npm ci`: that refuses a lock file that was written where a package for another platform could not be had.
 */
export async function installNpmPackages() {
  if (areInstalled()) return { ok: true, output: '' };
  console.error('Installing npm packages…');
  return run('npm', ['install', '--no-save'], { quiet: true });
}

/** npm keeps an account of what it has installed beside the packages. */
function areInstalled() {
  const wanted = lockedPackages('package-lock.json');
  const installed = lockedPackages('node_modules/.package-lock.json');
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, integrity, optional }]) => {
      const found = installed[path];
      if (found === undefined) return optional === true;
      return found.version === version && found.integrity === integrity;
    });
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(root + file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
