import { listOf, textOf } from './members.ts';

/** What the gateway's REST answered. */
export interface Answer {
  /** The HTTP status; 0 where the gateway did not answer. */
  status: number;
  body: unknown;
}

export interface Order {
  method: 'POST' | 'DELETE';
  body?: object;
}

/**
 * Asks the gateway that served the page, at a path below `/v2/`, with the value of the header `Authorization`. Never
 * rejects.
 */
export type AskGateway = (authorization: string, path: string, order?: Order) => Promise<Answer>;

export function isUnauthorized({ status }: Answer): boolean {
  return status === 401;
}

/** Asking again with the same authorization is in vain, and slows its user's next sign-in. */
export function isRefused(answer: Answer): boolean {
  return isUnauthorized(answer) || answer.status === 403;
}

/** Why the gateway did not do what it was asked; empty where it did. */
export function problemOf(answer: Answer, unauthorized: string): string {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return '';
  if (status === 0) return 'The gateway does not answer.';
  if (isUnauthorized(answer)) return unauthorized;
  const [error] = listOf(body, 'errors');
  return textOf(error, 'detail') || `The gateway answered with ${status}.`;
}
