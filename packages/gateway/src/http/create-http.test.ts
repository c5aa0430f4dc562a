import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Settings } from '../config/settings.ts';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import type { HttpPorts } from './create-http.ts';
import { type HttpFixture, startHttp } from './http.fixture.ts';
import { createNodeServer } from '../node/http-server.ts';
import { isUpload } from './call-reports.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

async function withHttp(
  test: (http: HttpFixture) => Promise<void>,
  settings: Partial<Settings> = {},
  parts: Partial<HttpPorts> = {},
): Promise<void> {
  const http = await startHttp(settings, parts);
  try {
    await test(http);
  } finally {
    await http.close();
  }
}

describe('health', () => {
  it('of a gateway whose parts work, is good', () =>
    withHttp(async ({ url }) => {
      expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ alive: true });
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).toBe(200);
      expect(await ready.json()).toEqual({ ready: true, checks: { database: 'ok' } });
    }));

  it('of a gateway with a part that does not work, tells which; the process still lives', async () => {
    const checks = new Map([
      ['database', () => Promise.resolve()],
      ['media', () => Promise.reject(new Error('no media worker runs'))],
      ['turn', () => new Promise<void>(() => undefined)],
    ]);
    await withHttp(
      async ({ url }) => {
        const ready = await fetch(`${url}/readyz`);
        expect(ready.status).toBe(503);
        expect(await ready.json()).toEqual({
          ready: false,
          checks: { database: 'ok', media: 'no media worker runs', turn: 'does not answer' },
        });
        expect((await fetch(`${url}/healthz`)).status).toBe(200);
      },
      {},
      { checks },
    );
  });

  it.each(['/metrics/', '/%6detrics', '/readyz/', '/readyz/?x', '/%72%65adyz'])(
    'is told at no other spelling of its paths, which a proxy would let through: %s',
    (path) =>
      withHttp(async ({ url }) => {
        const response = await fetch(`${url}${path}`);
        expect(response.status).toBe(404);
        expect(await response.json()).toMatchObject({ errors: [{ code: '10005' }] });
      }),
  );

  it('in numbers, is told to Prometheus', () =>
    withHttp(async ({ url }) => {
      const response = await fetch(`${url}/metrics`);
      expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      const lines = (await response.text()).split('\n');
      expect(lines).toEqual(
        expect.arrayContaining([
          'parley_sessions 3',
          'parley_calls{state="active"} 2',
          'parley_media_legs 4',
        ]),
      );
    }));
});

describe('the OpenAPI document', () => {
  const documentSchema = z.object({
    openapi: z.literal('3.1.0'),
    paths: z.record(z.string(), z.record(z.string(), z.looseObject({ summary: z.string() }))),
  });

  it('has every route that is for programs, and needs no key', () =>
    withHttp(async ({ url }) => {
      const { paths } = documentSchema.parse(await (await fetch(`${url}/v2/openapi.json`)).json());
      const routes = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(routes.sort()).toEqual([
        'DELETE /v2/ai/assistants/{id}',
        'DELETE /v2/ai/assistants/{id}/versions/{versionId}',
        'DELETE /v2/ai/conversations/{id}',
        'DELETE /v2/calls/{id}',
        'DELETE /v2/telephony_credentials/{id}',
        'DELETE /v2/telephony_credentials/{id}/calls',
        'DELETE /v2/telephony_credentials/{id}/tokens/{jti}',
        'GET /healthz',
        'GET /metrics',
        'GET /readyz',
        'GET /v2/ai/assistants',
        'GET /v2/ai/assistants/{id}',
        'GET /v2/ai/assistants/{id}/versions',
        'GET /v2/ai/assistants/{id}/versions/{versionId}',
        'GET /v2/ai/conversations',
        'GET /v2/ai/conversations/{id}',
        'GET /v2/ai/conversations/{id}/messages',
        'GET /v2/calls',
        'GET /v2/calls/{id}',
        'GET /v2/calls/{id}/events',
        'GET /v2/calls/{id}/export',
        'GET /v2/sessions',
        'GET /v2/sessions/{id}',
        'GET /v2/telephony_credentials',
        'GET /v2/telephony_credentials/{id}',
        'PATCH /v2/ai/assistants/{id}',
        'PATCH /v2/telephony_credentials/{id}',
        'POST /call_report',
        'POST /v2/ai/assistants',
        'POST /v2/ai/assistants/{id}',
        'POST /v2/ai/assistants/{id}/versions/{versionId}/promote',
        'POST /v2/sessions/{id}/simulate',
        'POST /v2/telephony_credentials',
        'POST /v2/telephony_credentials/{id}/token',
      ]);
    }));

  it('describes the body of a creation by the schema that checks it', () =>
    withHttp(async ({ url }) => {
      const text = await (await fetch(`${url}/v2/openapi.json`)).text();
      for (const word of ['sip_username', 'sip_password', 'caller_numbers', 'additionalProperties":false']) {
        expect(text).toContain(word);
      }
    }));
});

describe('the console', () => {
  it('not built, is a page that says how to build it', () =>
    withHttp(async ({ url }) => {
      const response = await fetch(url);
      expect(response.status).toBe(503);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      expect(await response.text()).toContain('npm run build');
    }));

  it('built, is served with headers that keep foreign code out', async () => {
    const consoleFolder = join(await temporaryFolder(), 'console');
    await mkdir(join(consoleFolder, 'assets'), { recursive: true });
    await writeFile(join(consoleFolder, 'index.html'), '<!doctype html><title>Parley</title>');
    await writeFile(join(consoleFolder, 'assets', 'index-abc.js'), 'export {};');
    await writeFile(join(consoleFolder, '..', 'secret.txt'), 'secret');
    await withHttp(
      async ({ url }) => {
        const page = await fetch(url);
        expect(page.status).toBe(200);
        expect(await page.text()).toContain('<title>Parley');
        expect(page.headers.get('cache-control')).toBe('no-cache');
        expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
        expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
        expect(page.headers.get('x-content-type-options')).toBe('nosniff');
        expect(page.headers.get('referrer-policy')).toBe('no-referrer');
        const script = await fetch(`${url}/assets/index-abc.js`);
        expect(script.headers.get('content-type')).toMatch(/javascript/);
        expect(script.headers.get('cache-control')).toContain('immutable');
        for (const path of [
          '/..%2fsecret.txt',
          '/%2e%2e/secret.txt',
          '/assets/..%2f..%2fsecret.txt',
          '/nothing',
        ]) {
          expect((await fetch(url + path)).status, path).toBeGreaterThanOrEqual(400);
        }
      },
      {},
      { consoleFolder },
    );
  });
});

describe('an unknown path', () => {
  it.each(['/nowhere', '/v2/nowhere', '/v2/telephony_credentials/a/b', '/%00', '/%'])(
    '%s, is answered in JSON',
    (path) =>
      withHttp(async ({ url }) => {
        const response = await fetch(url + path);
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
        expect(await response.json()).toMatchObject({ errors: [{ detail: expect.any(String) }] });
      }),
  );
});

describe('a client that sends slowly', () => {
  /** @returns after how many milliseconds the server hung up */
  function held(port: number, send: (write: (text: string) => void) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      const start = performance.now();
      const socket = connect(port, '127.0.0.1', () => {
        send((text) => {
          if (socket.writable) socket.write(text);
        });
      });
      socket.on('data', () => undefined);
      socket.once('close', () => {
        resolve(performance.now() - start);
      });
      socket.once('error', reject);
    });
  }

  it(
    'nothing, a header or a body, is not waited for',
    () =>
      withHttp(async ({ url, apiKey }) => {
        const port = Number(new URL(url).port);
        const drip = (first: string) => (write: (text: string) => void) => {
          write(first);
          const timer = setInterval(() => {
            write('a');
          }, 500);
          setTimeout(() => {
            clearInterval(timer);
          }, 15_000);
        };
        const body = `POST /v2/telephony_credentials HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"name":"`;
        const [silent, header, slowBody] = await Promise.all([
          held(port, () => undefined),
          held(port, drip('GET / HTTP/1.1\r\nX: ')),
          held(port, drip(body)),
        ]);
        expect(silent).toBeLessThan(9_000);
        expect(header).toBeLessThan(9_000);
        expect(slowBody).toBeLessThan(14_000);
      }),
    30_000,
  );
});

describe('TLS', () => {
  async function certificate(): Promise<{ tlsCert: string; tlsKey: string }> {
    const files = await temporaryFolder();
    const [tlsCert, tlsKey] = [join(files, 'cert.pem'), join(files, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        ...subject,
        '-keyout',
        tlsKey,
        '-out',
        tlsCert,
      ],
      { stdio: 'ignore' },
    );
    return { tlsCert, tlsKey };
  }

  it('with a certificate and its key, is served', async () => {
    await withHttp(
      async ({ url }) => {
        expect(url).toMatch(/^https:/);
        const status = await new Promise((resolve, reject) => {
          httpsRequest(`${url}/healthz`, { rejectUnauthorized: false }, (response) => {
            response.resume();
            resolve(response.statusCode);
          })
            .once('error', reject)
            .end();
        });
        expect(status).toBe(200);
      },
      await certificate(),
    );
  });

  it('with a certificate that was renewed in its file, shows the new one to new connections', async () => {
    const [old, renewed] = [await certificate(), await certificate()];
    const log = { info: vi.fn(), error: vi.fn() };
    const server = createNodeServer({ ...old, log, lookEveryMs: 20, isUpload }, (_, response) =>
      response.end(),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const fingerprint = async () => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const before = await fingerprint();
    await copyFile(renewed.tlsKey, old.tlsKey);
    await copyFile(renewed.tlsCert, old.tlsCert);
    await vi.waitFor(() => {
      expect(log.info).toHaveBeenCalled();
    }, 10_000);
    expect(await fingerprint()).not.toBe(before);
    await writeFile(old.tlsCert, 'broken');
    await vi.waitFor(() => {
      expect(log.error).toHaveBeenCalled();
    }, 10_000);
    expect(await fingerprint()).not.toBe(before);
    server.close();
  }, 30_000);

  it('with a key of another certificate, is refused at start', async () => {
    const [one, other] = [await certificate(), await certificate()];
    await expect(startHttp({ tlsCert: one.tlsCert, tlsKey: other.tlsKey })).rejects.toThrow(
      /^The TLS certificate and its key cannot be used: .*key values mismatch/,
    );
  });
});

describe('closing', () => {
  it('ends idle connections and lets a request under way be answered', async () => {
    let release: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const slow = () => {
      asked();
      return waiting;
    };
    const http = await startHttp({}, { checks: new Map([['slow', slow]]) });
    await (await fetch(`${http.url}/healthz`)).text();
    const answer = fetch(`${http.url}/readyz`);
    await isAsked;
    const closed = http.close();
    release();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(fetch(`${http.url}/healthz`)).rejects.toThrow();
  });
});
