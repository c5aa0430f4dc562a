import type { IceServer } from '@parley/protocol';
import type { GatewayProcess } from '@parley/testkit';

import { openRawClient } from '../security/raw-client.ts';

/** What the gateway grants a user now, as another page of that user would get it. */
export async function grantedServers(gateway: GatewayProcess, user: string): Promise<IceServer[]> {
  const client = await openRawClient(gateway.signaling);
  try {
    const parley = { capabilities: ['iceServers'] };
    const { result } = await client.request('login', { login: user, passwd: user, parley });
    const extension: { iceServers?: IceServer[] } = result?.['parley'] ?? {};
    return extension.iceServers ?? [];
  } finally {
    client.close();
  }
}
