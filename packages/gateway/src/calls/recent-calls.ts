/** A session, or what is left of one. */
interface CallOwner {
  ids: { callReportId: string };
  identity: { credentialId: string };
}

/**
 * Which calls there were, and whose: a client reports on a call when it is over, and when its session may be over
 * too. The latest are remembered.
 */
export class RecentCalls {
  readonly #limit: number;
  readonly #owners = new Map<string, { credentialId: string }>();

  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  add({ ids, identity }: CallOwner, callId: string): void {
    this.#owners.set(key(ids.callReportId, callId), { credentialId: identity.credentialId });
    const oldest = this.#owners.keys().next();
    if (this.#owners.size > this.#limit && oldest.done !== true) this.#owners.delete(oldest.value);
  }

  ownerOf(callReportId: string, callId: string): { credentialId: string } | undefined {
    return this.#owners.get(key(callReportId, callId));
  }
}

const key = (callReportId: string, callId: string): string => `${callReportId} ${callId}`;
