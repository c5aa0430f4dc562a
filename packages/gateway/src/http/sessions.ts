import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SessionControl } from '../session-control.ts';
import type { Session } from '../sessions/session.ts';
import type { Store } from '../store/store.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import { requireApiKey } from './api-key-guard.ts';
import { pageMetaOf, pageOf } from './pages.ts';
import {
  sessionAnswerSchema,
  sessionListSchema,
  sessionQuerySchema,
  simulationAnswerSchema,
  simulationSchema,
  toAnswer,
  toFault,
} from './session-schemas.ts';

export interface SessionsPorts {
  sessions: SessionControl;
  /** Whether an API key may break sessions on purpose. */
  allowsSimulation: boolean;
  store: Pick<Store, 'apiKeys'>;
}

const paramsSchema = z.object({ id: z.string() });
const about = { tags: ['Sessions'], security: [{ apiKey: [] }] };

/** `/v2/sessions`: who is signed in at this node, with their calls, and what can be done to them to test a client. */
export function sessions({
  sessions: control,
  allowsSimulation,
  store,
}: SessionsPorts): FastifyPluginAsyncZod {
  function existing(id: string): Session {
    const session = control.find(id);
    if (session === undefined) throw new ApiError('notFound', { detail: `There is no session ${id}.` });
    return session;
  }

  return async (app) => {
    app.addHook('onRequest', requireApiKey(store.apiKeys));

    app.get(
      '',
      {
        schema: {
          ...about,
          summary: 'List the sessions of this node with their calls, oldest first',
          querystring: sessionQuerySchema,
          response: { 200: sessionListSchema, '4xx': apiErrorSchema },
        },
      },
      ({ query }) => {
        const page = pageOf(query);
        const { 'filter[sip_username]': user } = query;
        const found = control
          .list()
          .filter(({ identity }) => (user ?? identity.sipUsername) === identity.sipUsername);
        const first = (page.number - 1) * page.size;
        return {
          data: found
            .slice(first, first + page.size)
            .map((session) => toAnswer(session, control.callsOf(session))),
          meta: pageMetaOf(page, found.length),
        };
      },
    );

    app.get(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Read a session with its calls',
          params: paramsSchema,
          response: { 200: sessionAnswerSchema, '4xx': apiErrorSchema },
        },
      },
      ({ params }) => {
        const session = existing(params.id);
        return { data: toAnswer(session, control.callsOf(session)) };
      },
    );

    app.post(
      '/:id/simulate',
      {
        schema: {
          ...about,
          summary: 'Break a session on purpose, to see what its client makes of it',
          description: 'Only where the gateway was started with `--allow-simulate` or `--demo`.',
          params: paramsSchema,
          body: simulationSchema,
          response: { 200: simulationAnswerSchema, '4xx': apiErrorSchema },
        },
        preValidation: (_, __, done) => {
          done(allowsSimulation ? undefined : notAllowed());
        },
      },
      ({ params, body }) => {
        const outcome = control.makeFault(existing(params.id), toFault(body));
        if ('impossible' in outcome) throw new ApiError('unprocessable', { detail: outcome.impossible });
        return {
          data: {
            record_type: 'simulation' as const,
            session_id: params.id,
            fault: body.fault,
            call_ids: [...outcome.calls],
          },
        };
      },
    );
  };
}

function notAllowed(): ApiError {
  return new ApiError('forbidden', {
    detail: 'This gateway breaks nothing on purpose: start it with --allow-simulate to test with it.',
  });
}
