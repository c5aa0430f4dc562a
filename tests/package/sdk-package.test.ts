import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { type LaunchedBrowser, type PageServer, launchChromium, servePages } from '@parley/testkit';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readSamples, toModule } from '../browser/samples.ts';
import { type InstalledPackage, installPackage } from './installed-package.ts';

// The SDK as its users get it: what `npm publish` would send, in an empty project.

/** To pack it is to build it, with its types. */
const PACKED_WITHIN_MS = 180_000;

let sdk: InstalledPackage;
let chromium: LaunchedBrowser;
let pages: PageServer;
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  sdk = await installPackage('packages/webrtc', '@parley/webrtc');
  endings.push(() => sdk.remove());
  chromium = await launchChromium();
  endings.push(() => chromium.close());
  const vendor = new URL('lib/bundle.js', import.meta.resolve('@telnyx/webrtc/package.json'));
  pages = await servePages({
    files: new Map([
      ['/ours.js', `${sdk.folder}/lib/bundle.js`],
      ['/vendor.js', fileURLToPath(vendor)],
    ]),
    pages: new Map(
      ['ours', 'vendor'].map((name) => [
        `/${name}`,
        `<!doctype html><link rel="icon" href="data:," /><script src="/${name}.js"></script>`,
      ]),
    ),
  });
  endings.push(() => pages.close());
}, PACKED_WITHIN_MS);

afterAll(async () => {
  await Promise.all(endings.map((end) => end()));
});

test('the package holds what its users need and nothing of the workshop', async () => {
  const files = await sdk.files();

  expect(files).toEqual(
    expect.arrayContaining([
      'package.json',
      'README.md',
      'LICENSE',
      'dist/index.js',
      'dist/index.cjs',
      'dist/simulate.js',
      'dist/simulate.cjs',
      'dist/simulate.d.ts',
      'lib/bundle.js',
    ]),
  );
  expect(files.filter((file) => /test|tsbuildinfo|^src\//.test(file))).toEqual([]);
});

test('the package has no dependency, and its types name none', async () => {
  const manifest: unknown = JSON.parse(await readFile(`${sdk.folder}/package.json`, 'utf8'));
  const declarations = await Promise.all(
    ['dist/index.d.ts', 'dist/index.d.cts'].map((file) => readFile(`${sdk.folder}/${file}`, 'utf8')),
  );

  expect(manifest).not.toHaveProperty('dependencies');
  for (const text of declarations) expect(text).not.toContain('@parley/protocol');
});

test('an ES module in Node, without a DOM, imports the client', async () => {
  const source = `import { TelnyxRTC } from '@parley/webrtc'; console.log(typeof TelnyxRTC);`;

  expect(await sdk.runNode('import.mjs', source)).toBe('function');
});

test('a CommonJS module in Node, without a DOM, requires the client', async () => {
  const source = `const { TelnyxRTC } = require('@parley/webrtc'); console.log(typeof TelnyxRTC);`;

  expect(await sdk.runNode('require.cjs', source)).toBe('function');
});

const program = `
  import { TelnyxRTC, type Call } from '@parley/webrtc';
  export function dial(token: string, destinationNumber: string): Call {
    const client = new TelnyxRTC({ login_token: token, env: 'wss://calls.example.com' });
    client.on('telnyx.ready', () => undefined);
    void client.connect();
    return client.newCall({ destinationNumber });
  }
`;

test.each([
  { from: 'a bundler', file: 'use.ts', options: { module: 'esnext', moduleResolution: 'bundler' } },
  {
    from: 'an ES module of Node',
    file: 'use.mts',
    options: { module: 'node16', moduleResolution: 'node16' },
  },
  {
    from: 'a CommonJS module of Node',
    file: 'use.cts',
    options: { module: 'node16', moduleResolution: 'node16' },
  },
])('the types hold under the strictest settings for $from', async ({ file, options }) => {
  expect(await sdk.compile(file, program, options)).toBe('no errors');
});

test('the types of every entry point agree with what is executed there', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(await readFile(sdk.tarball)), {
    // That file is for script tags, which have no types.
    excludeEntrypoints: ['./lib/bundle.js'],
  });

  expect(analysis).toMatchObject({ types: { kind: 'included' }, problems: [] });
});

test('the manifest keeps to the rules of Node and of bundlers', async () => {
  const { messages } = await publint({ pkgDir: sdk.folder, pack: false, level: 'warning' });

  expect(messages).toEqual([]);
});

test('a script tag makes every name that the vendor’s bundle makes, but for those listed as missing', async () => {
  const [ours, theirs] = await Promise.all([globalNames('ours'), globalNames('vendor')]);
  const listed = await readFile(new URL('../../COMPATIBILITY.md', import.meta.url), 'utf8');
  const missing = theirs.filter((name) => !ours.includes(name));

  expect(ours).toContain('TelnyxRTC');
  expect(missing.filter((name) => !listed.includes(`\`${name}\``))).toEqual([]);
});

async function globalNames(name: string): Promise<string[]> {
  const page = await chromium.browser.newPage();
  await page.goto(`${pages.origin}/${name}`);
  const names = await page.evaluate('Object.keys(window.TelnyxWebRTC)');
  await page.close();
  return names as string[];
}

const guides = [
  '../../docs/guides/options.md',
  '../../docs/guides/authentication.md',
  '../../docs/guides/microphones.md',
  '../../../shared/seed-iclientoptions.md',
]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .filter((path) => existsSync(path));

/** What the reader of a sample has. */
const READER = [
  'declare const jwt: string;',
  'declare function showPermissionDialog(answers: { onContinue(): void; onCancel(): void }): void;',
];

const compileSample = (source: string) =>
  sdk.compile('sample.ts', source, {
    module: 'esnext',
    moduleResolution: 'bundler',
    paths: { '@telnyx/webrtc': ['./node_modules/@parley/webrtc'] },
  });

describe('H2 types', () => {
  test.each(guides)('the samples of %s hold under the strictest settings', async (guide) => {
    const samples = readSamples(readFileSync(guide, 'utf8'));
    const modules = samples.map((sample) =>
      toModule(sample, new Map(), READER).replace('export { client };', ''),
    );
    // Each in a scope of its own, as if in a file of its own.
    const imports = new Set(modules.flatMap((module) => module.match(/^import .*$/gm) ?? []));
    const names = [...imports].flatMap((line) => /{ (.*) }/.exec(line)?.[1]?.split(', ') ?? []);
    const scopes = modules.map((module) => `{\n${module.replaceAll(/^(import|declare) .*$/gm, '')}\n}`);
    const head = `import { ${[...new Set(names)].join(', ')} } from '@telnyx/webrtc';`;
    expect(await compileSample([head, ...READER, ...scopes].join('\n'))).toBe('no errors');
  });

  test('control: an option of the wrong kind does not', async () => {
    const source =
      "import { TelnyxRTC } from '@telnyx/webrtc';\nnew TelnyxRTC({ login_token: 'a', trickleIce: 'yes' });";
    expect(await compileSample(source)).toContain(
      "Type 'string' is not assignable to type 'boolean | undefined'",
    );
  });
});
