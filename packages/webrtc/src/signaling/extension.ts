import type { Capability, IceServer } from '@parley/protocol';

import type { Fields } from './fields.ts';

/** What a gateway grants beyond the common protocol, in the result of the login. */
export interface Extension {
  readonly granted: ReadonlySet<Capability>;
  readonly iceServers: readonly IceServer[];
}

/** What this client can make use of. */
export const CAPABILITIES: readonly Capability[] = ['iceServers', 'preAnswer', 'earlyMedia'];

export function readExtension({ granted, iceServers }: Fields): Extension {
  const named: readonly unknown[] = Array.isArray(granted) ? granted : [];
  const known = new Set(CAPABILITIES.filter((capability) => named.includes(capability)));
  return {
    granted: known,
    iceServers: known.has('iceServers') && Array.isArray(iceServers) ? iceServers.filter(isIceServer) : [],
  };
}

function isIceServer(value: unknown): value is IceServer {
  if (typeof value !== 'object' || value === null || !('urls' in value)) return false;
  const { urls } = value;
  return typeof urls === 'string' || (Array.isArray(urls) && urls.every((each) => typeof each === 'string'));
}
