import type { AskGateway } from '../model/administration.ts';

/** The key travels in a header, and is kept nowhere. */
export const askGateway: AskGateway = async (apiKey, path, body) => {
  try {
    const response = await fetch(`./v2/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
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
