/**
 * Bundles the SDK: ESM, CJS, and one file for script tags with the global `TelnyxWebRTC`.
 *
 * `--types` also rolls up its declarations, and holds its public surface to `etc/webrtc.api.md`; `--update` writes
 * that report anew, to be read in the diff.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(fileURLToPath(import.meta.url));
const inPackage = (path) => join(root, path);

await bundle();
if (process.argv.includes('--types')) await rollUpTypes(process.argv.includes('--update'));

async function bundle() {
  rmSync(inPackage('dist/monitoring'), { recursive: true, force: true });
  await bundleEntry('src/index.ts', [
    inParts('esm', 'js'),
    inParts('cjs', 'cjs'),
    { file: 'lib/bundle.js', format: 'umd', name: 'TelnyxWebRTC', minify: true, codeSplitting: false },
  ]);
  await bundleEntry('src/simulate.ts', [
    { file: 'dist/simulate.js', format: 'esm' },
    { file: 'dist/simulate.cjs', format: 'cjs' },
  ]);
}

/** What measures calls is loaded by itself, and what both need is a part of neither. */
function inParts(format, extension) {
  return {
    dir: 'dist',
    format,
    entryFileNames: `index.${extension}`,
    chunkFileNames: `monitoring/[name].${extension}`,
    codeSplitting: { groups: [{ name: 'warnings', test: /quality-warnings/ }] },
  };
}

async function bundleEntry(entry, outputs) {
  const made = await rolldown({
    input: inPackage(entry),
    platform: 'browser',
    resolve: { conditionNames: ['@parley/source', 'import'] },
    tsconfig: false,
  });
  for (const { dir, file, ...output } of outputs) {
    const place = dir === undefined ? { file: inPackage(file) } : { dir: inPackage(dir) };
    await made.write({ ...output, ...place, sourcemap: true });
  }
  await made.close();
}

async function rollUpTypes(update) {
  const { Extractor, ExtractorConfig } = await import('@microsoft/api-extractor');
  const { resolve } = createRequire(import.meta.url);
  execFileSync(process.execPath, [resolve('typescript/bin/tsc'), '-p', inPackage('tsconfig.build.json')], {
    stdio: 'inherit',
  });
  const none = { logLevel: 'none', addToApiReportFile: false };
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: inPackage('dist/types/webrtc/src/index.d.ts'),
      bundledPackages: ['@parley/protocol'],
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2023', 'DOM', 'DOM.Iterable'],
            module: 'preserve',
            moduleResolution: 'bundler',
            allowImportingTsExtensions: true,
            noEmit: true,
            strict: true,
            types: [],
          },
          files: [inPackage('dist/types/webrtc/src/index.d.ts')],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: inPackage('etc'),
        reportTempFolder: inPackage('dist/api'),
        reportFileName: 'webrtc.api.md',
      },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, publicTrimmedFilePath: inPackage('dist/index.d.ts') },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: { logLevel: 'error' },
          'ae-missing-release-tag': none,
          'ae-undocumented': none,
          // Only members that are trimmed name such types.
          'ae-forgotten-export': none,
          'ae-internal-missing-underscore': none,
        },
        // The comments are Markdown for editors.
        tsdocMessageReporting: { default: none },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: inPackage('package.json'),
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(config, {
    localBuild: update,
    messageCallback: (message) => {
      if (message.logLevel === 'info' || message.logLevel === 'verbose') message.handled = true;
    },
  });
  copyFileSync(inPackage('dist/index.d.ts'), inPackage('dist/index.d.cts'));
  // It names the types of the main entry, so that a client of the one is a client of the other.
  const simulate = readFileSync(inPackage('dist/types/webrtc/src/simulate.d.ts'), 'utf8');
  for (const [types, main] of [
    ['dist/simulate.d.ts', './index.js'],
    ['dist/simulate.d.cts', './index.cjs'],
  ])
    writeFileSync(inPackage(types), simulate.replace('./index.ts', main));
  if (apiReportChanged) console.log('The public surface has changed: see etc/webrtc.api.md.');
  if (!succeeded) process.exitCode = 1;
}
