import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type KeptCall, keptCall, maySee, toCallFile, toSummary, type Viewer } from '../reports/call-file.ts';
import type { CallHistory } from '../reports/call-history.ts';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import { requireApiKey } from './api-key-guard.ts';
import { callFileSchema, callListSchema, callQuerySchema, toFilter } from './call-schemas.ts';
import { openCallStream } from './call-stream.ts';
import { pageMetaOf, pageOf } from './pages.ts';
import { StreamSlots } from './stream-slots.ts';
import { viewerOf, type ViewerPorts } from './viewer.ts';

export interface CallsPorts extends Omit<ViewerPorts, 'apiKeys'> {
  store: Pick<Store, 'callArchive' | 'callReports' | 'apiKeys'>;
  history: Pick<CallHistory, 'listen' | 'legsOf' | 'writeNow' | 'written' | 'goesOn' | 'deleted'>;
  clock: Pick<Clock, 'after' | 'now'>;
}

const paramsSchema = z.object({ id: z.string() });
const about = { tags: ['Calls'], security: [{ apiKey: [] }, { loginToken: [] }, { password: [] }] };

/** `/v2/calls`: what is kept of calls. */
export function calls(ports: CallsPorts): FastifyPluginAsyncZod {
  const { history, clock, store } = ports;
  const viewers = new WeakMap<FastifyRequest, Viewer>();
  const streams = new Set<{ end(): void }>();
  const slots = new StreamSlots();

  const viewing = (request: FastifyRequest): Viewer => {
    const viewer = viewers.get(request);
    if (viewer === undefined) throw new Error('Nobody asks.');
    return viewer;
  };
  /** Before anything is written for whoever asks. @throws ApiError */
  const admit = async (viewer: Viewer, id: string): Promise<void> => {
    if (!maySee(viewer, history.legsOf(id) ?? (await store.callArchive.legsOf(id)))) noCall(id);
  };
  const existing = async (request: FastifyRequest, id: string): Promise<KeptCall> => {
    const viewer = viewing(request);
    await admit(viewer, id);
    await history.writeNow(id);
    return (await keptCall(store, id, viewer)) ?? noCall(id);
  };
  const follow = async (viewer: Viewer, id: string) => {
    await admit(viewer, id);
    return (await openCallStream(ports, id, () => keptCall(store, id, viewer))) ?? noCall(id);
  };

  return async (app) => {
    app.addHook('onRequest', async (request) => {
      viewers.set(request, await viewerOf({ ...ports, apiKeys: store.apiKeys }, request));
    });
    app.addHook('preClose', (done) => {
      for (const stream of streams) stream.end();
      done();
    });

    app.get(
      '',
      {
        schema: {
          ...about,
          summary: 'List calls, newest first',
          description: 'An API key sees every call, a user those that one of its clients was in.',
          querystring: callQuerySchema,
          response: { 200: callListSchema, '4xx': apiErrorSchema },
        },
      },
      async (request) => {
        const viewer = viewing(request);
        const page = pageOf(request.query);
        const filter = toFilter(request.query);
        await history.written();
        const { items, total } = await store.callArchive.list(
          viewer.kind === 'user' ? { ...filter, credentialId: viewer.credentialId } : filter,
          page,
        );
        return { data: items.map((call) => toSummary(call, clock.now())), meta: pageMetaOf(page, total) };
      },
    );

    app.get(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Read all that is known of a call',
          description: 'Of the other party of a call, a user sees who it was, when its leg ended, and why.',
          params: paramsSchema,
          response: { 200: callFileSchema, '4xx': apiErrorSchema },
        },
      },
      async (request, reply) => {
        const file = toCallFile(await existing(request, request.params.id), clock.now());
        return reply.type('application/json').send(file);
      },
    );

    app.get(
      '/:id/export',
      {
        schema: {
          ...about,
          summary: 'Download all that is known of a call, as one file',
          params: paramsSchema,
          response: { 200: callFileSchema, '4xx': apiErrorSchema },
        },
      },
      async (request, reply) => {
        const kept = await existing(request, request.params.id);
        return reply
          .header('content-disposition', `attachment; filename="call-${kept.call.id}.json"`)
          .type('application/json')
          .send(toCallFile(kept, clock.now()));
      },
    );

    app.get(
      '/:id/events',
      {
        schema: {
          ...about,
          summary: 'Follow a call while it goes on',
          description:
            'Server-sent events, each of which has a `CallFileUpdate` of @parley/protocol as data: first the file, then what is new. Ends 30 s after the call, as reports come when it is over.',
          params: paramsSchema,
          response: {
            200: { description: 'Events.', content: { 'text/event-stream': { schema: z.unknown() } } },
            '4xx': apiErrorSchema,
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const viewer = viewing(request);
        const leave = slots.take(viewer);
        if (leave === null) {
          throw new ApiError('tooManyRequests', { detail: 'Too many calls are followed at once.' });
        }
        const stream = await follow(viewer, id).catch((error: unknown) => {
          leave();
          throw error;
        });
        streams.add(stream);
        stream.once('close', () => {
          leave();
          streams.delete(stream);
        });
        return reply
          .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
          .type('text/event-stream')
          .send(stream);
      },
    );

    app.delete(
      '/:id',
      {
        schema: {
          ...about,
          security: [{ apiKey: [] }],
          summary: 'Delete a call with all that was reported of it',
          description: 'One that goes on cannot be deleted.',
          params: paramsSchema,
          response: { 204: z.undefined(), '4xx': apiErrorSchema },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        if (viewing(request).kind !== 'apiKey') {
          throw new ApiError('forbidden', { detail: 'Calls are deleted with an API key.' });
        }
        if (history.goesOn(id)) {
          throw new ApiError('unprocessable', {
            detail: 'The call goes on; it can be deleted when it is over.',
          });
        }
        await history.written();
        if (!(await store.callArchive.delete(id))) noCall(id);
        history.deleted(id);
        return reply.code(204).send();
      },
    );
  };
}

/** `/v2/telephony_credentials/{id}/calls`. */
export function callsOfCredential({ store, history }: CallsPorts): FastifyPluginAsyncZod {
  return async (app) => {
    app.addHook('onRequest', requireApiKey(store.apiKeys));

    app.delete(
      '/:id/calls',
      {
        schema: {
          tags: ['Calls'],
          security: [{ apiKey: [] }],
          summary: 'Delete every call of a user, with all that was reported of it',
          description:
            'Those that one of its clients was in and that are over. The credential itself may be gone already.',
          params: paramsSchema,
          response: { 200: z.object({ data: z.object({ deleted: z.number() }) }), '4xx': apiErrorSchema },
        },
      },
      async ({ params }) => {
        await history.written();
        const deleted = await store.callArchive.deleteOf(params.id);
        for (const id of deleted) history.deleted(id);
        return { data: { deleted: deleted.length } };
      },
    );
  };
}

function noCall(id: string): never {
  throw new ApiError('notFound', { detail: `There is no call ${id}.` });
}
