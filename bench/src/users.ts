import type { Login } from './load-commands.ts';
import type { Server } from './servers.ts';

/** So many sockets, all of one user of the demonstration, who may only call. */
export function callers(count: number): Login[] {
  return Array.from({ length: count }, () => ({ login: 'alice', passwd: 'alice' }));
}

/** Users who can be called, each of another name: where one user has several sockets, all of them ring. */
export async function makeCallees(server: Server, count: number): Promise<Login[]> {
  const logins = Array.from({ length: count }, (_, index) => ({
    login: `callee${index}`,
    passwd: `password${index}`,
  }));
  // The bare server believes everybody.
  if (server.apiKey !== undefined) for (const login of logins) await makeUser(server, login);
  return logins;
}

async function makeUser({ signaling, apiKey = '' }: Server, { login, passwd }: Login): Promise<void> {
  const response = await fetch(`${signaling.replace('ws', 'http')}/v2/telephony_credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sip_username: login, sip_password: passwd }),
  });
  if (!response.ok) throw new Error(`No user ${login} could be made: ${await response.text()}`);
}
