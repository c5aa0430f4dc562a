import type { IncomingMessage } from 'node:http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readCallReport } from '../reports/call-report.ts';
import { TooDeepError } from '../reports/redact.ts';
import type { CallHistory } from '../reports/call-history.ts';
import type { Store } from '../store/store.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import type { OriginCheck } from './origins.ts';

export interface CallReportsPorts {
  store: Pick<Store, 'callReports'>;
  history: Pick<CallHistory, 'legOfReport' | 'reported'>;
  isAllowedOrigin: OriginCheck;
  count: (outcome: 'stored' | 'refused') => void;
  now: () => number;
  uuid: () => string;
}

/** The largest bodies that clients send, and often over the network whose trouble they report. */
export const isUpload = ({ method, url }: IncomingMessage): boolean =>
  method === 'POST' && url?.startsWith('/call_report') === true;

const mostBytes = 2 * 1024 * 1024;
/** One each three minutes is what clients send; so many are ten hours, or a client gone mad. */
const mostSegments = 200;
const noId = { error: 'must be 1 to 128 characters' };
const idText = z.string(noId).regex(/^[\x21-\x7e]{1,128}$/, noId);
const headersSchema = z.object({
  'x-call-report-id': idText,
  'x-call-id': idText,
  'x-voice-sdk-id': idText.optional(),
});

/**
 * `POST /call_report`: what clients tell about their calls. There is no login; who knows both ids of a call was a
 * part of it. The vendor's client posts from any page, and so asks beforehand (the preflight of CORS).
 */
export function callReports(ports: CallReportsPorts): FastifyPluginAsyncZod {
  const { callReports } = ports.store;
  const legOf = (headers: z.output<typeof headersSchema>) =>
    ports.history.legOfReport(headers['x-call-report-id'], headers['x-call-id']);

  return async (app) => {
    app.addHook('onRequest', ({ headers }, reply, done) => {
      void reply.header('vary', 'origin');
      if (!ports.isAllowedOrigin(headers.origin, headers.host)) {
        done(
          new ApiError('forbidden', {
            detail: 'Pages of this origin are not allowed; see --allowed-origins.',
          }),
        );
        return;
      }
      if (headers.origin !== undefined) void reply.header('access-control-allow-origin', headers.origin);
      done();
    });

    app.options('', { schema: { hide: true } }, (_, reply) =>
      reply
        .header('access-control-allow-methods', 'POST')
        .header('access-control-allow-headers', 'content-type,x-call-report-id,x-call-id,x-voice-sdk-id')
        .header('access-control-max-age', '7200')
        .code(204)
        .send(),
    );

    app.post(
      '',
      {
        bodyLimit: mostBytes,
        // Before the body is read: who is no part of a call gets no memory and no time.
        onRequest: async ({ headers }) => {
          const ids = headersSchema.safeParse(headers);
          if (ids.success && (await legOf(ids.data)) !== undefined) return;
          ports.count('refused');
          throw new ApiError('notFound', {
            detail: 'x-call-report-id and x-call-id must name a call of this gateway.',
          });
        },
        schema: {
          tags: ['Calls'],
          summary: 'Tell about a call',
          description: 'Secrets are taken out before the report is stored.',
          headers: headersSchema,
          body: z.unknown(),
          response: { 204: z.undefined(), '4xx': apiErrorSchema },
        },
      },
      async ({ headers, body }, reply) => {
        const callReportId = headers['x-call-report-id'];
        const callId = headers['x-call-id'];
        const owner = await legOf(headers);
        const report = read(body);
        if (owner === undefined || report === undefined) {
          ports.count('refused');
          throw new ApiError('badRequest', { detail: 'The body is not a call report.' });
        }
        if ((await callReports.countOfCall(callReportId, callId)) >= mostSegments) {
          ports.count('refused');
          throw new ApiError('tooManyRequests', { detail: 'This call has been told enough about.' });
        }
        const id = ports.uuid();
        await callReports.insert({
          id,
          callReportId,
          callId,
          voiceSdkId: headers['x-voice-sdk-id'] ?? null,
          credentialId: owner.credentialId,
          receivedAt: ports.now(),
          ...report,
        });
        ports.count('stored');
        ports.history.reported(owner.id, id, report.body);
        return reply.code(204).send();
      },
    );
  };
}

function read(body: unknown) {
  try {
    return readCallReport(body);
  } catch (error) {
    if (error instanceof TooDeepError) return undefined;
    throw error;
  }
}
