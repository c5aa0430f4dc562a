import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);

/** A package as its users have it: packed as it would be published, and installed into an empty project. */
export interface InstalledPackage {
  tarball: string;
  /** Where it lies in the project's `node_modules`. */
  folder: string;
  /** Runs a file of the project that holds `source`. @throws Error with what it printed where it fails */
  runNode(file: string, source: string): Promise<string>;
  /** Compiles a file of the project that holds `source`, strictly, declarations of packages included. */
  compile(file: string, source: string, options: Record<string, unknown>): Promise<string>;
  /** Path of every file in the package. */
  files(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function installPackage(workspace: string, name: string): Promise<InstalledPackage> {
  const project = await mkdtemp(join(tmpdir(), 'parley-package-'));
  const npm = (...args: string[]) => execute('npm', args, { cwd: project });
  await npm('pack', '--pack-destination', project, join(repository, workspace));
  const [packed = ''] = (await readdir(project)).filter((file) => file.endsWith('.tgz'));
  const tarball = join(project, packed);
  await writeFile(join(project, 'package.json'), '{ "private": true }');
  await npm('install', '--offline', tarball);

  const folder = join(project, 'node_modules', name);
  return {
    tarball,
    folder,
    runNode: async (file, source) => {
      await writeFile(join(project, file), source);
      const { stdout } = await execute(process.execPath, [file], { cwd: project });
      return stdout.trim();
    },
    compile: async (file, source, options) => {
      await writeFile(join(project, file), source);
      const compilerOptions = { ...strictest, ...options };
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
      const compiler = join(repository, 'node_modules/typescript/bin/tsc');
      return execute(process.execPath, [compiler, '-p', project]).then(
        () => 'no errors',
        (error: unknown) =>
          error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error),
      );
    },
    files: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    },
    remove: () => rm(project, { recursive: true, force: true }),
  };
}

const strictest = {
  target: 'es2022',
  lib: ['es2022', 'dom'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
};
