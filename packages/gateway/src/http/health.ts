import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { nothingAt } from './api-error.ts';

/** Rejects, with a sentence, where the part does not work. */
export type ReadinessCheck = () => Promise<void>;

export interface HealthPorts {
  checks: ReadonlyMap<string, ReadinessCheck>;
  registry: Registry;
}

const patienceMs = 2_000;
const readinessSchema = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.string()) });

/** `/healthz`, `/readyz` and `/metrics`: for who watches over the gateway. */
export function health({ checks, registry }: HealthPorts): FastifyPluginAsyncZod {
  return async (app) => {
    const tags = ['Operation'];

    // The router takes other spellings too, such as `/%6detrics` and `/metrics/`, which a proxy may not know of that
    // keeps these paths to itself.
    app.addHook('onRequest', ({ method, url, routeOptions }, _, done) => {
      const [path = ''] = url.split('?', 1);
      done(path === routeOptions.url ? undefined : nothingAt(method, path));
    });

    app.get(
      '/healthz',
      {
        schema: {
          tags,
          summary: 'Does the process live?',
          response: { 200: z.object({ alive: z.boolean() }) },
        },
      },
      () => ({ alive: true }),
    );

    app.get(
      '/readyz',
      {
        schema: {
          tags,
          summary: 'Can it take logins and calls?',
          response: { 200: readinessSchema, 503: readinessSchema },
        },
      },
      async (_, reply) => {
        const results = await Promise.all(
          [...checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const),
        );
        const ready = results.every(([, outcome]) => outcome === 'ok');
        return reply.code(ready ? 200 : 503).send({ ready, checks: Object.fromEntries(results) });
      },
    );

    app.get('/metrics', { schema: { tags, summary: 'Metrics for Prometheus' } }, async (_, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    );
  };
}

async function outcomeOf(check: ReadinessCheck): Promise<string> {
  const timeout = AbortSignal.timeout(patienceMs);
  const late = new Promise<string>((resolve) => {
    timeout.addEventListener('abort', () => {
      resolve('does not answer');
    });
  });
  const outcome = check().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return Promise.race([outcome, late]);
}
