import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LARGEST_AUDIO_BYTES } from '../assistants/assistant-schema.ts';
import { draftVersion, prepareDraft, versionOf } from '../assistants/drafting.ts';
import type { Studio } from '../assistants/studio.ts';
import { AudioError } from '../media/clips/audio-error.ts';
import type { AssistantVersion, AssistantWithVersion } from '../store/assistant-records.ts';
import { DuplicateError, type Store } from '../store/store.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import { requireApiKey } from './api-key-guard.ts';
import {
  assistantListSchema,
  assistantSchema,
  changeSchema,
  creationSchema,
  deletedSchema,
  toAnswer,
  toDraft,
  versionListSchema,
} from './assistant-schemas.ts';
import { pageMetaOf, pageOf, pageQuerySchema } from './pages.ts';

export interface AssistantsPorts {
  store: Pick<Store, 'assistants' | 'conversations' | 'apiKeys'>;
  studio: Studio;
  uuid: () => string;
  now: () => number;
}

const paramsSchema = z.object({ id: z.string() });
const versionParamsSchema = z.object({ id: z.string(), versionId: z.string() });
const about = { tags: ['Assistants'], security: [{ apiKey: [] }] };
const bodyLimit = 2 * LARGEST_AUDIO_BYTES;

/** `/v2/ai/assistants`: whom visitors can talk to, in the vendor's shapes. A change makes a version. */
export function assistants(ports: AssistantsPorts): FastifyPluginAsyncZod {
  const { studio, uuid, now } = ports;
  const { assistants: stored, apiKeys } = ports.store;

  async function existing(id: string): Promise<AssistantWithVersion> {
    return (await stored.find(id)) ?? notFound(`There is no assistant ${id}.`);
  }

  async function change(id: string, body: z.output<typeof changeSchema>) {
    await existing(id);
    const draft = await prepareDraft(toDraft(body), studio).catch(toBadAudio);
    const make = (basis: AssistantVersion) =>
      versionOf({ id: body.version_id ?? uuid(), assistantId: id, createdAt: now() }, draft, basis);
    const version = await stored
      .addVersion(id, body.promote_to_main ?? true, make)
      .catch(toConflict('/version_id'));
    return toAnswer(await existing(id), version ?? notFound(`There is no assistant ${id}.`));
  }

  async function existingVersion(id: string, versionId: string) {
    const version = await stored.findVersion(id, versionId);
    return version ?? notFound(`There is no version ${versionId} of an assistant ${id}.`);
  }

  return async (app) => {
    app.addHook('onRequest', requireApiKey(apiKeys));

    app.post(
      '',
      {
        bodyLimit,
        schema: {
          ...about,
          summary: 'Make an assistant, with its first version',
          body: creationSchema,
          response: { 201: assistantSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ body }, reply) => {
        const assistantId = body.id ?? `assistant-${uuid()}`;
        const ids = { id: body.version_id ?? uuid(), assistantId, createdAt: now() };
        const version = await draftVersion(ids, toDraft(body), { studio }).catch(toBadAudio);
        await stored.insert(version).catch(toConflict('/id'));
        return reply.code(201).send(toAnswer(await existing(assistantId), version));
      },
    );

    app.get(
      '',
      {
        schema: {
          ...about,
          summary: 'List assistants with their default versions, newest first',
          querystring: pageQuerySchema,
          response: { 200: assistantListSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ query }) => {
        const page = pageOf(query);
        const { items, total } = await stored.list(page);
        const data = items.map((item) => toAnswer(item, item.version));
        return { data, meta: pageMetaOf(page, total) };
      },
    );

    app.get(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Read an assistant with its default version',
          params: paramsSchema,
          response: { 200: assistantSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params }) => {
        const found = await existing(params.id);
        return toAnswer(found, found.version);
      },
    );

    for (const method of ['PATCH', 'POST'] as const) {
      app.route({
        method,
        url: '/:id',
        bodyLimit,
        schema: {
          ...about,
          summary: 'Change an assistant',
          description: 'Makes a version of what is given and, for the rest, of the default version.',
          params: paramsSchema,
          body: changeSchema,
          response: { 200: assistantSchema, '4xx': apiErrorSchema },
        },
        handler: async ({ params, body }) => await change(params.id, body),
      });
    }

    app.delete(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Delete an assistant',
          description: 'The sessions of its visitors end with it; its conversations stay.',
          params: paramsSchema,
          response: { 200: deletedSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params: { id } }) => {
        if (!(await stored.delete(id, now()))) notFound(`There is no assistant ${id}.`);
        return { id, object: 'assistant', deleted: true };
      },
    );

    app.get(
      '/:id/versions',
      {
        schema: {
          ...about,
          summary: "List an assistant's versions, newest first",
          params: paramsSchema,
          response: { 200: versionListSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params }) => {
        const found = await existing(params.id);
        const versions = await stored.versions(params.id);
        return { data: versions.map((version) => toAnswer(found, version)) };
      },
    );

    app.get(
      '/:id/versions/:versionId',
      {
        schema: {
          ...about,
          summary: 'Read a version',
          params: versionParamsSchema,
          response: { 200: assistantSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params: { id, versionId } }) =>
        toAnswer(await existing(id), await existingVersion(id, versionId)),
    );

    app.post(
      '/:id/versions/:versionId/promote',
      {
        schema: {
          ...about,
          summary: 'Make a version the default one',
          params: versionParamsSchema,
          response: { 200: assistantSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params: { id, versionId } }) => {
        const version = await existingVersion(id, versionId);
        await stored.setDefault(id, versionId);
        return toAnswer(await existing(id), version);
      },
    );

    app.delete(
      '/:id/versions/:versionId',
      {
        schema: {
          ...about,
          summary: 'Delete a version that is not the default one',
          params: versionParamsSchema,
          response: { 204: z.undefined(), '4xx': apiErrorSchema },
        },
      },
      async ({ params: { id, versionId } }, reply) => {
        await existingVersion(id, versionId);
        if (!(await stored.deleteVersion(id, versionId)))
          throw new ApiError('unprocessable', {
            detail: 'The default version cannot be deleted; promote another one first.',
          });
        return reply.code(204).send();
      },
    );
  };
}

function notFound(detail: string): never {
  throw new ApiError('notFound', { detail });
}

function toBadAudio(error: unknown): never {
  if (!(error instanceof AudioError)) throw error;
  throw new ApiError('badRequest', {
    detail: `greeting_audio ${error.message}.`,
    source: { pointer: '/greeting_audio' },
  });
}

function toConflict(pointer: string) {
  return (error: unknown): never => {
    if (!(error instanceof DuplicateError)) throw error;
    throw new ApiError('duplicate', { detail: error.message, source: { pointer } });
  };
}
