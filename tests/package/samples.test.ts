import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

import { readSamples, toModule } from '../browser/samples.ts';
import { type InstalledPackage, installPackage } from './installed-package.ts';

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

let sdk: InstalledPackage;
beforeAll(async () => {
  sdk = await installPackage('packages/webrtc', '@parley/webrtc');
  return () => sdk.remove();
});

const compile = (source: string) =>
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
    expect(await compile([head, ...READER, ...scopes].join('\n'))).toBe('no errors');
  });

  test('control: an option of the wrong kind does not', async () => {
    const source =
      "import { TelnyxRTC } from '@telnyx/webrtc';\nnew TelnyxRTC({ login_token: 'a', trickleIce: 'yes' });";
    expect(await compile(source)).toContain("Type 'string' is not assignable to type 'boolean | undefined'");
  });
});
