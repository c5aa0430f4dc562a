import { isIceServer, type Capability, type IceServer } from '@parley/protocol';

import type { Fields } from './fields.ts';

/** What this client can make use of. */
export const CAPABILITIES: readonly Capability[] = [
  'iceServers',
  'preAnswer',
  'earlyMedia',
  'recovery',
  'traceContext',
];

/** What a gateway grants beyond the common protocol: nothing, until it says so in the result of a login. */
export class Grants {
  readonly #onIceServers: () => void;
  #capabilities: ReadonlySet<Capability> = new Set();
  #iceServers: readonly IceServer[] = [];

  constructor(onIceServers: () => void) {
    this.#onIceServers = onIceServers;
  }

  /** The newest ones. */
  get iceServers(): readonly IceServer[] {
    return this.#iceServers;
  }

  has(capability: Capability): boolean {
    return this.#capabilities.has(capability);
  }

  /** @param extension what the result of a login says; if nothing, then a refresh takes nothing back */
  take(extension: Fields, isRefresh: boolean): void {
    if (isRefresh && Object.keys(extension).length === 0) return;
    const { granted, iceServers } = extension;
    const named: readonly unknown[] = Array.isArray(granted) ? granted : [];
    this.#capabilities = new Set(CAPABILITIES.filter((capability) => named.includes(capability)));
    this.#iceServers = [];
    this.renewIceServers(Array.isArray(iceServers) ? iceServers.filter(isIceServer) : []);
  }

  renewIceServers(iceServers: readonly IceServer[]): void {
    if (!this.has('iceServers')) return;
    this.#iceServers = iceServers;
    this.#onIceServers();
  }
}
