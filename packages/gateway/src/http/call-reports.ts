import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ReadReport, readCallReport } from '../reports/call-report.ts';
import { TooDeepError } from '../reports/redact.ts';
import type { Clock } from '../ports.ts';
import type { CallHistory, ReportedLeg } from '../reports/call-history.ts';
import type { Store } from '../store/store.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import type { OriginCheck } from './origins.ts';
import { againSeconds, ReportAdmission } from './report-admission.ts';

export interface CallReportsPorts {
  store: Pick<Store, 'callReports' | 'callArchive'>;
  history: Pick<CallHistory, 'legOfReport' | 'reported' | 'rated' | 'clockIsAhead' | 'writeNow'>;
  clock: Pick<Clock, 'monotonic'>;
  isAllowedOrigin: OriginCheck;
  count: (outcome: 'stored' | 'refused') => void;
  now: () => number;
  uuid: () => string;
}

/** The largest bodies that clients send, and often over the network whose trouble they report. */
export const isUpload = ({ method, url }: IncomingMessage): boolean =>
  method === 'POST' && url?.startsWith('/call_report') === true;

const mostBytes = 2 * 1024 * 1024;
/** Clients send one each three minutes, or each 48 KB: so many are hours, or a client gone mad. */
const mostSegments = 600;
const mostCharacters = 24 * 1024 * 1024;
/** A client whose network was gone may come that late. */
const longestAfterMs = 24 * 60 * 60 * 1000;
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
  const { store, history } = ports;
  const admission = new ReportAdmission(ports.clock);
  const legOf = (headers: z.output<typeof headersSchema>) =>
    history.legOfReport(headers['x-call-report-id'], headers['x-call-id']);

  /** @throws ApiError */
  const admit = async ({ headers, ip }: Pick<FastifyRequest, 'headers' | 'ip'>): Promise<void> => {
    if (!admission.admitsAddress(ip)) throw tooMany('Too many reports come from this address.');
    const ids = headersSchema.safeParse(headers);
    const leg = ids.success ? await legOf(ids.data) : undefined;
    if (leg === undefined || (leg.endedAt ?? Infinity) < ports.now() - longestAfterMs) {
      throw noSuchCall();
    }
    if (!admission.admitsCall(leg.id)) throw tooMany('This call is told about too often.');
    const { segments, characters } = await store.callReports.sizeOfCall(leg.callReportId, leg.callId);
    if (segments >= mostSegments || characters >= mostCharacters)
      // For good: a client that waited for another time would hold back what it has to tell of other calls.
      throw new ApiError('tooLarge', { detail: 'This call has been told enough about.' });
  };

  const rateCall = async (leg: ReportedLeg, report: ReadReport, receivedAt: number): Promise<void> => {
    await history.writeNow(leg.call);
    // By what is known of its clock with this report.
    const { clockOffsetMs } = (await history.legOfReport(leg.callReportId, leg.callId)) ?? leg;
    const ratings = report.ratings({
      clockOffsetMs: clockOffsetMs ?? 0,
      startedAt: leg.startedAt,
      receivedAt,
    });
    if (ratings === null) return;
    const call = await store.callArchive.rate(leg.call, ratings);
    if (call !== undefined) history.rated(call);
  };

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
        // Before the body is read: who is no part of a call, or tells too much, gets no memory and no time.
        onRequest: async (request, reply) => {
          try {
            await admit(request);
          } catch (error) {
            ports.count('refused');
            if (error instanceof ApiError && error.kind === 'tooManyRequests')
              void reply.header('retry-after', String(againSeconds));
            throw error;
          }
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
        const report = read(body);
        // It may have been deleted while the body came.
        const leg = await legOf(headers);
        if (leg === undefined || report === undefined) {
          ports.count('refused');
          throw report === undefined
            ? new ApiError('badRequest', { detail: 'The body is not a call report.' })
            : noSuchCall();
        }
        const id = ports.uuid();
        const receivedAt = ports.now();
        const isNew = await store.callReports.insert({
          id,
          callReportId: leg.callReportId,
          callId: leg.callId,
          voiceSdkId: voiceSdkIdOf(headers['x-voice-sdk-id']),
          credentialId: leg.credentialId,
          receivedAt,
          segment: report.segment,
          body: report.body,
        });
        // Its client did not hear that it was taken.
        if (!isNew) return reply.code(204).send();
        // It was told before it came: so much at least is the client's clock ahead.
        if (report.toldAt !== null) history.clockIsAhead(leg, report.toldAt - receivedAt);
        ports.count('stored');
        history.reported(leg.id, id, report.body);
        await rateCall(leg, report, receivedAt);
        return reply.code(204).send();
      },
    );
  };
}

/** As the gateway gives them; anything else may be what nobody should store. */
const voiceSdkIdOf = (text = ''): string | null => (/^\w{1,32}-[\w-]{1,64}$/.test(text) ? text : null);

const noSuchCall = (): ApiError =>
  new ApiError('notFound', { detail: 'x-call-report-id and x-call-id must name a call of this gateway.' });

const tooMany = (detail: string): ApiError => new ApiError('tooManyRequests', { detail });

function read(body: unknown) {
  try {
    return readCallReport(body);
  } catch (error) {
    if (error instanceof TooDeepError) return undefined;
    throw error;
  }
}
