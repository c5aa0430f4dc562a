import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

import { type BenchOptions, type Result, ratio } from './result.ts';

interface Candidate {
  name: string;
  /** What a page imports to make calls. */
  imported: string;
}

interface Size {
  raw: number;
  gzip: number;
  brotli: number;
}

const OURS: Candidate = { name: '@parley/webrtc', imported: 'TelnyxRTC' };
const PEERS: readonly Candidate[] = [
  { name: '@telnyx/webrtc', imported: 'TelnyxRTC' },
  { name: '@twilio/voice-sdk', imported: 'Device' },
];

const GOAL_KB = 25;

/** What a page pays for its client: one import, bundled and minified by one bundler. */
export async function measureSize({ tell }: BenchOptions): Promise<Result> {
  const measured = [];
  for (const candidate of [OURS, ...PEERS]) {
    tell(`${candidate.name} ${versionOf(candidate.name)}`);
    const used = await bundledSize(`${importOf(candidate)}\nglobalThis.client = ${candidate.imported};`);
    const unused = await bundledSize(importOf(candidate));
    measured.push({ name: candidate.name, version: versionOf(candidate.name), used, unused });
  }
  const [ours] = measured;
  if (ours === undefined) throw new Error('Nothing was measured.');
  return {
    tables: [
      {
        title: 'One import, bundled by rolldown and minified, in KB of 1,000 bytes',
        columns: ['package', 'raw', 'gzip', 'brotli', 'gzip, ours/theirs', 'raw, if unused'],
        rows: measured.map(({ name, version, used, unused }) => [
          `${name} ${version}`,
          kilobytes(used.raw),
          kilobytes(used.gzip),
          kilobytes(used.brotli),
          ratio(ours.used.gzip, used.gzip),
          kilobytes(unused.raw),
        ]),
      },
    ],
    goals: [
      {
        figure: 'imported, gzip',
        goal: `≤ ${GOAL_KB} KB`,
        measured: `${kilobytes(ours.used.gzip)} KB`,
        reached: ours.used.gzip <= GOAL_KB * 1000,
      },
      {
        figure: 'imported and not used',
        goal: '0 bytes',
        measured: `${ours.unused.raw} bytes`,
        reached: ours.unused.raw === 0,
      },
    ],
    samples: measured,
  };
}

function importOf({ name, imported }: Candidate): string {
  return `import { ${imported} } from '${name}';`;
}

async function bundledSize(source: string): Promise<Size> {
  const entry = `${process.cwd()}/bench/size-entry.js`;
  const bundled = await rolldown({
    input: entry,
    platform: 'browser',
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? entry : undefined),
        load: (id) => (id === entry ? { code: source, moduleSideEffects: true } : undefined),
      },
    ],
  });
  const { output } = await bundled.generate({ format: 'esm', minify: true });
  await bundled.close();
  // What is loaded at once: the page's script and what it needs before it can run.
  const chunks = output.filter((part) => part.type === 'chunk');
  const first = chunks.find(({ isEntry }) => isEntry);
  const atOnce = chunks.filter((chunk) => chunk === first || first?.imports.includes(chunk.fileName));
  const code = Buffer.from(
    atOnce
      .map((chunk) => chunk.code)
      .join('')
      .trim(),
  );
  return {
    raw: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
  };
}

function versionOf(name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
  const version: unknown =
    typeof manifest === 'object' && manifest !== null && Reflect.get(manifest, 'version');
  return String(version);
}

function kilobytes(bytes: number): string {
  return bytes === 0 ? '0' : (bytes / 1000).toFixed(1);
}
