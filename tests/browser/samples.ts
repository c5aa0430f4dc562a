import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeToneFile } from '@parley/testkit';
import type { Call, TelnyxRTC } from '@parley/webrtc';
import type { Page } from 'puppeteer-core';

const SDK = new URL('../../packages/webrtc/dist/', import.meta.url);

/** A sample of a guide, as it stands there. */
export interface Sample {
  /** The sentence or the heading above it. */
  title: string;
  code: string;
}

/** The SDK's entry, and the files that it loads from beside it. */
async function readSdk(pathname: string): Promise<string | undefined> {
  const [file] = /(?<=^\/)(?:monitoring\/[\w-]+|sdk)\.js$/.exec(pathname) ?? [];
  return file && readFile(new URL(file === 'sdk.js' ? 'index.js' : file, SDK), 'utf8');
}

/** The samples in JavaScript of a Markdown text, with what stands above each. */
export function readSamples(markdown: string): Sample[] {
  const blocks = [...markdown.matchAll(/^```(?:javascript|js)\b.*\n([^]*?)^```$/gm)];
  return blocks.map(({ 1: code = '', index }) => {
    const prose = markdown.slice(0, index).replaceAll(/^```[^]*?^```$/gm, '');
    const above =
      prose
        .trimEnd()
        .split('\n\n')
        .findLast((text) => !text.startsWith('|')) ?? '';
    return { title: above.replace(/^#+ |\*\*|`/g, '').split(/[.:(\n]/)[0] ?? '', code };
  });
}

/** What takes the place of what a reader fills in: tokens, names, passwords and addresses. */
export type Substitutions = ReadonlyMap<string, string>;

/**
 * The sample as a module of its own that exports its client: what its reader is supposed to have already stands before
 * it, and nothing in it is changed but what {@link Substitutions} name.
 *
 * @param reader what the reader has: a token, and a dialog of the page
 */
export function toModule(
  { code }: Sample,
  substitutions: Substitutions,
  reader: readonly string[] = [
    `const jwt = ${JSON.stringify(substitutions.get('YOUR_JWT_TOKEN') ?? '')};`,
    'const showPermissionDialog = (answers) => void window.dialogs.push(answers);',
  ],
): string {
  const filled = [...substitutions].reduce((text, [from, to]) => text.replaceAll(from, to), code);
  return [
    /^import /m.test(code) ? '' : "import { TelnyxRTC } from '@telnyx/webrtc';",
    ...reader,
    code.includes('new TelnyxRTC(') ? '' : 'const client = new TelnyxRTC({ login_token: jwt });',
    filled,
    'export { client };',
  ].join('\n');
}

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" /><link rel="icon" href="data:," /><title>Samples</title>
    <script type="importmap">
      { "imports": { "@telnyx/webrtc": "/sdk.js", "@parley/webrtc": "/sdk.js" } }
    </script>
  </head>
  <body><audio id="remote" autoplay></audio><script type="module">
    window.dialogs = [];
    window.load = async (path) => void ({ client: window.client } = await import(path));
  </script></body>
</html>`;

/** Serves one page for samples, their modules, and any sound that they name. */
export interface SamplePages {
  origin: string;
  /** Paths of the sounds that were asked for. */
  sounds: string[];
  /** Runs a sample in a page; its client is `window.client`, its notifications are answered by nobody. */
  run(page: Page, module: string): Promise<void>;
  close(): Promise<void>;
}

export async function serveSamples(): Promise<SamplePages> {
  const modules = new Map<string, string>();
  const sounds: string[] = [];
  const tone = join(tmpdir(), `parley-samples-${String(process.pid)}.wav`);
  writeToneFile(tone, 660);
  const server = createServer((request, response) => {
    void respond(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page.invalid');
    const script = modules.get(pathname) ?? (await readSdk(pathname));
    if (pathname === '/') response.setHeader('content-type', 'text/html').end(PAGE);
    else if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script);
    else if (/\.(mp3|wav|ogg)$/.test(pathname)) {
      sounds.push(pathname);
      response.setHeader('content-type', 'audio/wav').end(await readFile(tone));
    } else response.writeHead(404).end();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: originOf(server),
    sounds,
    run: async (page, module) => {
      const path = `/sample-${String(modules.size)}.js`;
      modules.set(path, module);
      await page.goto(`${originOf(server)}/`);
      await page.evaluate((from) => window.load(from), path);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function originOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${String(address.port)}`;
}

declare global {
  interface Window {
    client: TelnyxRTC;
    /** The call that a test follows. */
    followed: Call | undefined;
    /** Imports a sample and takes its client. */
    load(path: string): Promise<void>;
    dialogs: { onContinue(): void; onCancel(): void }[];
  }
}
