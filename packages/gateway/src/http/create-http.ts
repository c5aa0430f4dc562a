import type { RequestListener, Server } from 'node:http';
import fastifySwagger from '@fastify/swagger';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { jsonSchemaTransform, serializerCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Settings } from '../config/settings.ts';
import { answerErrors, sendError, toValidationError } from './api-error.ts';
import { assistants, type AssistantsPorts } from './assistants.ts';
import { callReports, type CallReportsPorts } from './call-reports.ts';
import { calls, callsOfCredential, type CallsPorts } from './calls.ts';
import { createProxyCheck } from './client-address.ts';
import { consolePages } from './console.ts';
import { conversations } from './conversations.ts';
import { health, type HealthPorts } from './health.ts';
import { sessions, type SessionsPorts } from './sessions.ts';
import { telephonyCredentials, type TelephonyCredentialsPorts } from './telephony-credentials.ts';

export interface HttpPorts
  extends
    TelephonyCredentialsPorts,
    AssistantsPorts,
    CallReportsPorts,
    CallsPorts,
    HealthPorts,
    SessionsPorts {
  store: TelephonyCredentialsPorts['store'] &
    AssistantsPorts['store'] &
    CallsPorts['store'] &
    CallReportsPorts['store'];
  history: CallsPorts['history'] & CallReportsPorts['history'];
  clock: CallsPorts['clock'] & CallReportsPorts['clock'];
  settings: Pick<Settings, 'host' | 'port' | 'tlsCert' | 'tlsKey' | 'trustProxy'>;
  log: FastifyBaseLogger;
  createServer(listener: RequestListener): Server;
  /** Of the built console. */
  consoleFolder: string;
  version: string;
}

export interface Http {
  /** For WebSocket upgrades on the same port. */
  server: Server;
  /** @returns the address for people, such as `http://127.0.0.1:8080` */
  listen(): Promise<string>;
  /** Ends when the requests that are under way are answered. Sockets that were upgraded are not its business. */
  close(): Promise<void>;
}

/** Everything on the gateway's port that is not a WebSocket. */
export async function createHttp(ports: HttpPorts): Promise<Http> {
  const { settings } = ports;
  const app: FastifyInstance = fastify({
    serverFactory: (listener) => ports.createServer(listener),
    loggerInstance: ports.log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: createProxyCheck(settings.trustProxy),
    bodyLimit: 64 * 1024,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      sendError(error, request.log, reply);
    },
  });
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (data) => {
    const { error, data: value } = schema.safeParse(data);
    return error ? { error: toValidationError(error, httpPart) } : { value };
  });
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  addSecurityHeaders(app);
  logAnswers(app);
  await app.register(fastifySwagger, { openapi: openApi(ports.version), transform: jsonSchemaTransform });
  await app.register(telephonyCredentials(ports), { prefix: '/v2/telephony_credentials' });
  await app.register(assistants(ports), { prefix: '/v2/ai/assistants' });
  await app.register(conversations(ports), { prefix: '/v2/ai/conversations' });
  await app.register(sessions(ports), { prefix: '/v2/sessions' });
  await app.register(calls(ports), { prefix: '/v2/calls' });
  await app.register(callsOfCredential(ports), { prefix: '/v2/telephony_credentials' });
  await app.register(callReports(ports), { prefix: '/call_report' });
  await app.register(health(ports));
  await app.register(consolePages(ports.consoleFolder));
  app.get('/v2/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.ready();
  return {
    server: app.server,
    listen: async () => {
      await app.listen({ host: settings.host, port: settings.port });
      return urlOf(app.server, settings);
    },
    close: () => app.close(),
  };
}

function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_, reply, done) => {
    void reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    done();
  });
}

/** With the route in place of the URL, which may hold ids of people. */
function logAnswers(app: FastifyInstance): void {
  app.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
    const { method, routeOptions, ip } = request;
    request.log.debug(
      { method, route: routeOptions.url, status: statusCode, ms: Math.round(elapsedTime), ip },
      'answered',
    );
    done();
  });
}

function openApi(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      description: 'Credentials, sessions, assistants and calls of a Parley gateway.',
      version,
    },
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'Made by `parley-gateway api-key create NAME`.',
        },
        loginToken: { type: 'http' as const, scheme: 'bearer', description: 'A login token of a user.' },
        password: { type: 'http' as const, scheme: 'basic', description: 'A user and its password.' },
      },
    },
  };
}

function urlOf(server: Server, { host, tlsCert }: HttpPorts['settings']): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // Nobody can connect to "all addresses"; from this machine, loopback is one of them.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const name = reachable.includes(':') && !reachable.startsWith('[') ? `[${reachable}]` : reachable;
  return `${tlsCert === null ? 'http' : 'https'}://${name}:${String(port)}`;
}
