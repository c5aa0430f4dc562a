import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GatewayProcess, type LaunchedBrowser, launchChromium, startGateway } from '@parley/testkit';
import type { BrowserContext, ConsoleMessage, Page } from 'puppeteer-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { type Sample, type SamplePages, readSamples, serveSamples, toModule } from './samples.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const program = join(repository, 'packages/gateway/bin/parley-gateway.js');
const guide = join(repository, 'docs/guides/options.md');
/** The vendor's reference page; it belongs to the vendor, and lies beside the checkout where there is one. */
const referencePage = join(repository, '../shared/seed-iclientoptions.md');

/** The vendor's host is this gateway, so that samples run without an address of their own. */
const NAMES = '--host-resolver-rules=MAP rtc.telnyx.com 127.0.0.1, MAP *.example.com 127.0.0.1';

let folder: string;
let gateway: GatewayProcess;
let browser: LaunchedBrowser;
let pages: SamplePages;
let substitutions: Map<string, string>;

const parley = (...args: string[]) =>
  execFileSync(process.execPath, [program, ...args, '--data', join(folder, 'data')], {
    encoding: 'utf8',
  }).trim();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-samples-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const curve = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=rtc.telnyx.com',
  ];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  gateway = await startGateway({
    data: join(folder, 'data'),
    turn: ['--turn-port', '0'],
    args: ['--port', '443', '--tls-cert', cert, '--tls-key', key],
  });
  substitutions = new Map([
    ['YOUR_JWT_TOKEN', parley('token', 'alice')],
    ['gencred...', 'alice'],
    ['your-password', 'alice'],
  ]);
  for (const id of ['YOUR_AI_ASSISTANT_ID', 'asst_abc123']) parley('assistant', 'create', id, '--id', id);
  substitutions.set('conv_xyz789', await earlierConversation('asst_abc123'));
  pages = await serveSamples();
  browser = await launchChromium({ args: [NAMES, '--ignore-certificate-errors'] });
  return async () => {
    await browser.close();
    await pages.close();
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  };
}, 120_000);

/** Somebody has talked to the assistant before. @returns the id of their conversation */
async function earlierConversation(assistant: string): Promise<string> {
  const socket = new WebSocket('wss://127.0.0.1', { rejectUnauthorized: false });
  const params = { target_type: 'ai_assistant', target_id: assistant };
  socket.on('open', () => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 'one', method: 'anonymous_login', params }));
  });
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => {
        const [, id] = /"conversation":\{"id":"([^"]+)"/.exec(data.toString()) ?? [];
        if (id !== undefined) resolve(id);
      });
    });
  } finally {
    socket.close();
  }
}

const contexts: BrowserContext[] = [];
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  gateway.assertHealthy();
});

/** A page in which a sample has run, and what it wrote to the console. */
interface Stage {
  context: BrowserContext;
  page: Page;
  written: string[];
  uncaught: string[];
}

async function run(sample: Sample, filled: ReadonlyMap<string, string> = substitutions): Promise<Stage> {
  const context = await browser.newContext(pages.origin);
  contexts.push(context);
  const page = await context.newPage();
  const stage: Stage = { context, page, written: [], uncaught: [] };
  page.on('console', (message: ConsoleMessage) => stage.written.push(message.text()));
  page.on('pageerror', (error) => stage.uncaught.push(String(error)));
  await pages.run(page, toModule(sample, filled));
  return stage;
}

/** Connects, where the sample has not, and waits until calls can be made. */
async function ready({ page }: Stage): Promise<void> {
  await page.evaluate(async () => {
    const { client } = window;
    client.remoteElement = 'remote';
    const registered = new Promise((resolve) => client.on('telnyx.ready', resolve));
    await client.connect();
    if (!(await client.getIsRegistered())) await registered;
  });
}

/** Calls, and waits until the call is active. */
async function talk({ page }: Stage, destinationNumber: string | undefined = 'echo'): Promise<void> {
  await page.evaluate(async (number) => {
    const { client } = window;
    // Some samples call by themselves.
    const [placed] = client.getActiveCalls();
    const call = placed ?? client.newCall({ ...(number !== '' && { destinationNumber: number }) });
    if (call.state === 'active') return;
    const active = new Promise<void>((resolve, reject) => {
      client.on('telnyx.notification', (notification) => {
        if (notification.call?.id !== call.id) return;
        if (call.state === 'active') resolve();
        if (call.state === 'destroy') reject(new Error(call.cause));
      });
    });
    await active;
  }, destinationNumber);
}

/** Bob calls alice, who is the user of every sample. @returns bob's page, once the call rings at hers */
async function bobCalls({ page }: Stage): Promise<Page> {
  const bob = await run({ title: 'bob', code: BOB }, new Map());
  await ready(bob);
  await page.evaluate(() => {
    window.client.on('telnyx.notification', ({ call }) => {
      if (call?.direction === 'inbound') window.followed = call;
    });
  });
  await bob.page.evaluate(() => {
    window.followed = window.client.newCall({ destinationNumber: 'alice' });
  });
  await page.waitForFunction(() => window.followed?.state === 'ringing');
  return bob.page;
}

const BOB = "const client = new TelnyxRTC({ login: 'bob', password: 'bob' });";

/** What is to be seen of a sample besides that it works; the first whose words the sample has. */
const EFFECTS: [RegExp, (stage: Stage, sample: Sample) => Promise<void>][] = [
  [
    /stun\.custom\.com|stun:stun\.example\.com/,
    async ({ page }) => {
      const servers = await page.evaluate(() =>
        window.client
          .getActiveCalls()[0]
          ?.peer?.instance.getConfiguration()
          .iceServers?.map(({ urls }) => urls),
      );
      expect(servers?.flat()).toEqual([
        expect.stringMatching(/^stun:stun\.\w+\.com:3478$/),
        expect.stringMatching(/^turn:turn\.\w+\.com:443\?transport=udp$/),
      ]);
    },
  ],
  [
    /forceRelayCandidate: true/,
    async ({ page }) => {
      const path = () =>
        page.evaluate(async () => {
          const stats = await window.client.getActiveCalls()[0]?.peer?.instance.getStats();
          const reports: Record<string, string>[] = [];
          stats?.forEach((report: Record<string, string>) => reports.push(report));
          const pair = reports.find(({ nominated }) => Boolean(nominated));
          return reports.find(({ id }) => id === pair?.['localCandidateId'])?.['candidateType'];
        });
      await expect.poll(path).toBe('relay');
    },
  ],
  [
    /ringtoneFile/,
    async (stage, { code }) => {
      await bobCalls(stage);
      const [, file = ''] = /ringtoneFile: '\.(.+)'/.exec(code) ?? [];
      await expect.poll(() => pages.sounds).toContain(file);
    },
  ],
  [
    /showPermissionDialog/,
    async (stage) => {
      const { context, page, written } = stage;
      const microphone = { permission: { name: 'microphone' } };
      await context.setPermission(pages.origin, { ...microphone, state: 'denied' });
      const bob = await bobCalls(stage);
      await page.evaluate(() => void window.followed?.answer());
      await page.waitForFunction(() => window.dialogs.length === 1);
      expect(await bob.evaluate(() => window.followed?.state)).not.toBe('destroy');
      await context.setPermission(pages.origin, { ...microphone, state: 'granted' });
      await page.evaluate(() => window.dialogs[0]?.onContinue());
      await bob.waitForFunction(() => window.followed?.state === 'active');
      expect(written).toContain('Media recovered');
    },
  ],
  [
    /debug: true/,
    async ({ written }) => {
      // What explains a client is loaded by itself.
      await expect.poll(() => written.join('\n')).toContain('telnyx_rtc.invite');
      expect(written.join('\n')).not.toContain(substitutions.get('YOUR_JWT_TOKEN'));
    },
  ],
  [
    /telnyx\.stats\.frame/,
    async ({ written }) => {
      const hasFigures = () => written.some((line) => /\d/.test(line));
      await expect.poll(hasFigures, { timeout: 10_000 }).toBe(true);
    },
  ],
  [
    /console\.log\('Connected'\)/,
    async ({ written }, sample) => {
      expect(written).toContain('Connected');
      const refused = await run(sample, new Map([...substitutions, ['YOUR_JWT_TOKEN', 'not.a.token']]));
      await expect.poll(() => refused.written).toContain('Error: 46001 The login was refused');
      expect(refused.written).not.toContain('Connected');
    },
  ],
];

const GUIDES: [string, string][] = [['docs/guides/options.md', guide]];
if (existsSync(referencePage)) GUIDES.push(['the reference page', referencePage]);

describe.each(GUIDES)('H1 the samples of %s', (_name, file) => {
  const samples = readSamples(readFileSync(file, 'utf8'));

  test('are there', () => {
    expect(samples.length).toBeGreaterThan(10);
  });

  test.each(samples)('run, and do what they say: $title', async (sample) => {
    const stage = await run(sample);
    await ready(stage);
    await talk(stage, sample.code.includes('anonymous_login') ? '' : 'echo');
    for (const [words, check] of EFFECTS) if (words.test(sample.code)) await check(stage, sample);
    expect(stage.uncaught).toEqual([]);
  });
});
