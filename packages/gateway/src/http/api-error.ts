import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';

/** The vendor's numbers for what goes wrong. */
const kinds = {
  badRequest: { status: 400, code: '10015', title: 'Bad Request' },
  notAuthenticated: { status: 401, code: '10009', title: 'Authentication failed' },
  forbidden: { status: 403, code: '10010', title: 'Authorization failed' },
  notFound: { status: 404, code: '10005', title: 'Resource not found' },
  requestTimeout: { status: 408, code: '10008', title: 'Request timeout' },
  duplicate: { status: 409, code: '10012', title: 'Duplicate resource' },
  tooLarge: { status: 413, code: '10015', title: 'Content too large' },
  unsupportedMediaType: { status: 415, code: '10014', title: 'Unsupported Media Type' },
  unprocessable: { status: 422, code: '10015', title: 'Unprocessable content' },
  tooManyRequests: { status: 429, code: '10011', title: 'Too many requests' },
  unexpected: { status: 500, code: '10007', title: 'Unexpected error' },
} as const;

export type ApiErrorKind = keyof typeof kinds;

export interface Mistake {
  /** A sentence. */
  detail: string;
  /** Where in the request: a JSON pointer (RFC 6901) into the body, or the name of a query parameter. */
  source?: { pointer: string } | { parameter: string };
}

/** A request that is answered with an error. */
export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  readonly mistakes: readonly Mistake[];
  constructor(kind: ApiErrorKind, ...mistakes: readonly Mistake[]) {
    super(mistakes.map(({ detail }) => detail).join(' '));
    this.name = 'ApiError';
    this.kind = kind;
    this.mistakes = mistakes;
  }
}

export const apiErrorSchema = z
  .object({
    errors: z.array(
      z.object({
        code: z.string(),
        title: z.string(),
        detail: z.string(),
        source: z.object({ pointer: z.string().optional(), parameter: z.string().optional() }).optional(),
      }),
    ),
  })
  .meta({ description: 'What is wrong, one entry for each mistake.' });

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request.log, reply));
  app.setNotFoundHandler(({ method, url }) => {
    throw nothingAt(method, url.replace(/\?.*$/s, ''));
  });
}

export function nothingAt(method: string, path: string): ApiError {
  return new ApiError('notFound', { detail: `There is nothing at ${method} ${path}.` });
}

/** Answers a failure in the vendor's shape. What goes wrong inside is told to the log and not to the client. */
export function sendError(error: FastifyError, log: FastifyBaseLogger, reply: FastifyReply): FastifyReply {
  const { kind, mistakes } = error instanceof ApiError ? error : toApiError(error);
  if (kind === 'unexpected') log.error({ err: error }, 'a request failed');
  if (kind === 'notAuthenticated') void reply.header('www-authenticate', 'Bearer');
  const { status, code, title } = kinds[kind];
  return reply.code(status).send({ errors: mistakes.map((mistake) => ({ code, title, ...mistake })) });
}

/** @param part of the request that was checked: `body`, `querystring` or `params` */
export function toValidationError(error: z.core.$ZodError, part: string | undefined): ApiError {
  const mistakes = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => toMistake([...issue.path, key], 'is not known', part))
      : [toMistake(issue.path, issue.path.length === 0 ? 'must be a JSON object' : issue.message, part)],
  );
  return new ApiError('badRequest', ...mistakes);
}

function toMistake(path: readonly PropertyKey[], what: string, part: string | undefined): Mistake {
  const name = path.length === 0 ? 'The body' : path.map(String).join('.');
  const pointer = path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { detail: `${name} ${what}.`, source: part === 'body' ? { pointer } : { parameter: name } };
}

const refusals = new Map([
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'The body is empty.'],
  ['FST_ERR_BAD_URL', 'The path is not a valid one.'],
]);

/** What Fastify refuses by itself. */
function toApiError({ statusCode = 500, code }: FastifyError): ApiError {
  if (statusCode === 413)
    return new ApiError('tooLarge', { detail: 'The body is larger than is accepted here.' });
  if (statusCode === 415)
    return new ApiError('unsupportedMediaType', { detail: 'The body must be application/json.' });
  if (statusCode === 408)
    return new ApiError('requestTimeout', { detail: 'The request did not arrive in time.' });
  if (statusCode >= 400 && statusCode < 500) {
    return new ApiError('badRequest', { detail: refusals.get(code) ?? 'The body is not valid JSON.' });
  }
  return new ApiError('unexpected', {
    detail: "The request failed inside the gateway; the gateway's log tells why.",
  });
}
