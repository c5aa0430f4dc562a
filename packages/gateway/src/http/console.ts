import { access } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';

/**
 * What the console's pages may load: themselves, and nothing from elsewhere (CSP level 3). They connect to the gateway
 * that the person names, which gets the reports of its calls by HTTP.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  "connect-src 'self' ws: wss: http: https:",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Parley</title>
<p>The gateway runs. Its console is not built yet: run <code>npm run build</code> and start the gateway again.</p>
`;

/** The web app on `GET /`. */
export function consolePages(folder: string): FastifyPluginAsync {
  return async (app) => {
    const isBuilt = await access(join(folder, 'index.html')).then(
      () => true,
      () => false,
    );
    app.addHook('onRequest', (_, reply, done) => {
      void reply.header('content-security-policy', contentSecurityPolicy);
      done();
    });
    if (!isBuilt) {
      app.get('/', { schema: { hide: true } }, (_, reply) =>
        reply.code(503).type('text/html; charset=utf-8').send(notBuilt),
      );
      return;
    }
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      schemaHide: true,
      setHeaders: (response, path) => {
        // The bundler names what is in assets/ by its content.
        const isImmutable = path.startsWith(join(folder, 'assets'));
        response.setHeader('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  };
}
