import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Provisioning } from '../registrar/provisioning.ts';
import type { Tokens } from '../registrar/tokens.ts';
import { type Credential, DuplicateError, type Store } from '../store/store.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import { requireApiKey } from './api-key-guard.ts';
import { pageMetaOf, pageOf } from './pages.ts';
import {
  changeSchema,
  creationSchema,
  credentialAnswerSchema,
  credentialListSchema,
  listQuerySchema,
  toAnswer,
  toChange,
  toRequest,
} from './telephony-credential-schemas.ts';

export interface TelephonyCredentialsPorts {
  store: Pick<Store, 'credentials' | 'apiKeys' | 'revocations'>;
  provisioning: Provisioning;
  tokens: Tokens;
  now: () => number;
}

const idSchema = z.object({ id: z.string() });
const about = {
  tags: ['Telephony credentials'],
  security: [{ apiKey: [] }],
};

/** `/v2/telephony_credentials`: who can log in, in the vendor's shapes. */
export function telephonyCredentials(ports: TelephonyCredentialsPorts): FastifyPluginAsyncZod {
  const { provisioning, tokens, now } = ports;
  const { credentials, apiKeys, revocations } = ports.store;

  async function existing(id: string): Promise<Credential> {
    return (await credentials.find(id)) ?? notFound(id);
  }

  return async (app) => {
    app.addHook('onRequest', requireApiKey(apiKeys));

    app.post(
      '',
      {
        schema: {
          ...about,
          summary: 'Make a credential',
          description: 'The only answer that tells the password.',
          body: creationSchema,
          response: { 201: credentialAnswerSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ body }, reply) => {
        refusePast(body.expires_at, now());
        const { credential, password } = await provisioning.create(toRequest(body)).catch(toConflict);
        return reply.code(201).send({ data: { ...toAnswer(credential, now()), sip_password: password } });
      },
    );

    app.get(
      '',
      {
        schema: {
          ...about,
          summary: 'List credentials, newest first',
          querystring: listQuerySchema,
          response: { 200: credentialListSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ query }) => {
        const page = pageOf(query);
        const { 'filter[name]': name, 'filter[tag]': tag, 'filter[sip_username]': sipUsername } = query;
        const filter = {
          ...(name !== undefined && { name }),
          ...(tag !== undefined && { tag }),
          ...(sipUsername !== undefined && { sipUsername }),
        };
        const { items, total } = await credentials.list(filter, page);
        return {
          data: items.map((credential) => toAnswer(credential, now())),
          meta: pageMetaOf(page, total),
        };
      },
    );

    app.get(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Read a credential',
          params: idSchema,
          response: { 200: credentialAnswerSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params }) => ({ data: toAnswer(await existing(params.id), now()) }),
    );

    app.patch(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Change a credential',
          description: 'One that has expired stays so.',
          params: idSchema,
          body: changeSchema,
          response: { 200: credentialAnswerSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params, body }) => {
        const { expiresAt } = await existing(params.id);
        if (expiresAt !== null && expiresAt <= now()) {
          throw new ApiError('unprocessable', { detail: 'A credential that has expired cannot be changed.' });
        }
        refusePast(body.expires_at, now());
        const changed = await credentials.update(params.id, toChange(body), now());
        return { data: toAnswer(changed ?? notFound(params.id), now()) };
      },
    );

    app.delete(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Delete a credential',
          description: 'Its tokens and its sessions end with it.',
          params: idSchema,
          response: { 200: credentialAnswerSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params }) => {
        const deleted = await credentials.delete(params.id, now());
        return { data: toAnswer(deleted ?? notFound(params.id), now()) };
      },
    );

    app.post(
      '/:id/token',
      {
        schema: {
          ...about,
          summary: 'Make a login token',
          description: 'A JSON Web Token for `login_token`; it lasts 24 hours, or as long as its credential.',
          params: idSchema,
          response: {
            201: { description: 'The token.', content: { 'text/plain': { schema: z.string() } } },
            '4xx': apiErrorSchema,
          },
        },
      },
      async ({ params }, reply) => {
        const { id, expiresAt } = await existing(params.id);
        if (expiresAt !== null && expiresAt <= now()) {
          throw new ApiError('unprocessable', { detail: 'The credential has expired.' });
        }
        return reply
          .code(201)
          .type('text/plain')
          .send(await tokens.issue(id, expiresAt));
      },
    );

    app.delete(
      '/:id/tokens/:jti',
      {
        schema: {
          ...about,
          summary: 'Revoke a login token',
          description: 'By the `jti` that it carries. The sessions that it opened end.',
          params: z.object({ id: z.string(), jti: z.uuid({ error: "must be a token's jti, a UUID" }) }),
          response: { 204: z.undefined(), '4xx': apiErrorSchema },
        },
      },
      async ({ params }, reply) => {
        await existing(params.id);
        await revocations.revokeToken(params.jti, now());
        return reply.code(204).send();
      },
    );
  };
}

function notFound(id: string): never {
  throw new ApiError('notFound', { detail: `There is no telephony credential ${id}.` });
}

function refusePast(expiresAt: number | null | undefined, now: number): void {
  if (expiresAt === null || expiresAt === undefined || expiresAt > now) return;
  throw new ApiError('badRequest', {
    detail: 'expires_at must be in the future.',
    source: { pointer: '/expires_at' },
  });
}

function toConflict(error: unknown): never {
  if (!(error instanceof DuplicateError)) throw error;
  throw new ApiError('duplicate', { detail: error.message, source: { pointer: '/sip_username' } });
}
