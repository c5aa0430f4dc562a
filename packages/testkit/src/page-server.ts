import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { extname } from 'node:path';

export interface PageServer {
  /** `http://127.0.0.1:PORT`, which browsers treat as a secure context. */
  origin: string;
  close(): Promise<void>;
}

export interface PageServerOptions {
  /** Files that a page may load, by path: `/clients/ours.js` → a file's name. */
  files?: ReadonlyMap<string, string>;
  /** HTML pages, by path. */
  pages?: ReadonlyMap<string, string>;
}

const PAGE_SCRIPT = /^\/rig\/([a-z-]+)\.js$/;

/**
 * Serves test pages on a port of its own, and the page-side half of this rig at `/rig/NAME.js`. `/blank` is an
 * empty page.
 */
export async function servePages(options: PageServerOptions = {}): Promise<PageServer> {
  const server = createServer((request, response) => {
    void respond(request, response, options);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page server has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function respond(request: IncomingMessage, response: ServerResponse, options: PageServerOptions) {
  const { pathname } = new URL(request.url ?? '/', 'http://page.invalid');
  try {
    const { type, body } = await find(pathname, options);
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  } catch (error) {
    const sentence = `Nothing to serve at ${pathname}: ${String(error)}`;
    response.writeHead(404, { 'content-type': 'text/plain' }).end(sentence);
  }
}

async function find(pathname: string, { files, pages }: PageServerOptions) {
  const html = 'text/html; charset=utf-8';
  const javascript = 'text/javascript; charset=utf-8';
  const script = PAGE_SCRIPT.exec(pathname)?.[1];
  if (script !== undefined) return { type: javascript, body: await pageScript(script) };
  const page = pathname === '/blank' ? BLANK : pages?.get(pathname);
  if (page !== undefined) return { type: html, body: page };
  const file = files?.get(pathname);
  if (file === undefined) throw new Error('no such page or file');
  return { type: extname(file) === '.html' ? html : javascript, body: await readFile(file, 'utf8') };
}

const BLANK = '<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," /><title>rig</title>';

/** The page-side half as it was built, also where this file runs from its source. */
const pageScript = (name: string): Promise<string> =>
  readFile(new URL(`../dist/page/${name}.js`, import.meta.url), 'utf8');
