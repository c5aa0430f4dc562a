import type { GatewayProcess } from '@parley/testkit';

export interface Issued {
  id: string;
  token: string;
}

/** A user of their own, and a token for them, as an application's server gets them. */
export async function issueToken(gateway: GatewayProcess, credential: object): Promise<Issued> {
  const { id } = (await post(gateway, '', credential)).data;
  return { id, token: await renewToken(gateway, id) };
}

export async function renewToken(gateway: GatewayProcess, id: string): Promise<string> {
  const response = await call(gateway, 'POST', `/${id}/token`);
  return response.text();
}

export async function deleteCredential(gateway: GatewayProcess, id: string): Promise<void> {
  await call(gateway, 'DELETE', `/${id}`);
}

export async function prolongCredential(gateway: GatewayProcess, id: string): Promise<void> {
  await call(gateway, 'PATCH', `/${id}`, { expires_at: null });
}

async function post(gateway: GatewayProcess, path: string, body: object): Promise<{ data: { id: string } }> {
  const response = await call(gateway, 'POST', path, body);
  const answer: { data: { id: string } } = await response.json();
  return answer;
}

async function call(gateway: GatewayProcess, method: string, path: string, body?: object): Promise<Response> {
  const response = await fetch(`${gateway.origin}/v2/telephony_credentials${path}`, {
    method,
    headers: {
      authorization: `Bearer ${gateway.apiKey}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}
