import type { GatewayProcess } from '@parley/testkit';

export interface MadeCredential {
  id: string;
  user: string;
  password: string;
}

/** The REST interface, as its owner uses it. */
export interface Administration {
  makeCredential(options?: { expiresAt?: Date }): Promise<MadeCredential>;
  makeToken(credential: MadeCredential): Promise<string>;
  deleteCredential(credential: MadeCredential): Promise<void>;
}

/** The API key that a demonstration prints once. */
export function apiKeyOf(gateway: GatewayProcess): string {
  const key = gateway.log.entries.map((line) => /\bKEY[\w-]{43}/.exec(line)?.[0]).find(Boolean);
  if (key === undefined) throw new Error('The gateway printed no API key.');
  return key;
}

export function administrationOf(gateway: GatewayProcess): Administration {
  const key = apiKeyOf(gateway);

  async function ask(method: string, path: string, body?: object): Promise<string> {
    const response = await fetch(`${gateway.origin}/v2/telephony_credentials${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return text;
  }

  return {
    makeCredential: async ({ expiresAt } = {}) => {
      const text = await ask('POST', '', {
        name: 'Security test',
        ...(expiresAt !== undefined && { expires_at: expiresAt.toISOString() }),
      });
      return {
        id: member(text, 'id'),
        user: member(text, 'sip_username'),
        password: member(text, 'sip_password'),
      };
    },
    makeToken: ({ id }) => ask('POST', `/${id}/token`),
    deleteCredential: async ({ id }) => {
      await ask('DELETE', `/${id}`);
    },
  };
}

function member(text: string, name: string): string {
  const value = new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1];
  if (value === undefined) throw new Error(`The answer has no ${name}: ${text}`);
  return value;
}
