import type { AskGateway } from '../model/answer.ts';

/** The authorization travels in a header, and is kept nowhere. */
export const askGateway: AskGateway = async (authorization, path, order) => {
  const body = order?.body;
  try {
    const response = await fetch(`./v2/${path}`, {
      method: order?.method ?? 'GET',
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
    });
    const answer: unknown = await response.json().catch(() => undefined);
    return { status: response.status, body: answer };
  } catch {
    return { status: 0, body: undefined };
  }
};
