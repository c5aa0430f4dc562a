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

  add({ callReportId, credentialId }: { callReportId: string; credentialId: string }, callId: string): void {
    this.#owners.set(key(callReportId, callId), { credentialId });
    const oldest = this.#owners.keys().next();
    if (this.#owners.size > this.#limit && oldest.done !== true) this.#owners.delete(oldest.value);
  }

  ownerOf(callReportId: string, callId: string): { credentialId: string } | undefined {
    return this.#owners.get(key(callReportId, callId));
  }
}

const key = (callReportId: string, callId: string): string => `${callReportId} ${callId}`;
