import { openRawClient } from './raw-client.ts';

/** Somebody who is logged in and minds their own business. */
export interface Witness {
  /** @throws Error where the witness lost its socket, was told anything, or waited for an answer too long */
  assertUntouched(): Promise<void>;
  leave(): void;
}

const PING_EVERY_MS = 100;
/** Two cores that the tests and the gateway share, with garbage collections of both. */
const LONGEST_ANSWER_MS = 2_000;

/** Logs in and pings from then on. */
export async function openWitness(url: string, user: string): Promise<Witness> {
  const client = await openRawClient(url);
  await client.enter(user);
  const toldBefore = client.frames.entries.length;
  let longestMs = 0;
  let pongs = 0;
  let failure: unknown;
  const ping = async () => {
    const askedAt = performance.now();
    const { result } = await client.request('telnyx_rtc.ping');
    longestMs = Math.max(longestMs, performance.now() - askedAt);
    if (result?.['message'] === 'pong') pongs += 1;
  };
  const timer = setInterval(() => {
    ping().catch((error: unknown) => (failure = error));
  }, PING_EVERY_MS);
  return {
    assertUntouched: async () => {
      await ping();
      if (failure !== undefined) throw new Error('The witness got no answer.', { cause: failure });
      const told = client.frames.entries
        .slice(toldBefore)
        .filter(({ method, error }) => (method !== undefined && method !== 'telnyx_rtc.ping') || error);
      if (told.length > 0) throw new Error(`The witness was told: ${JSON.stringify(told)}`);
      if (!client.isOpen || pongs === 0) throw new Error('The witness lost its socket.');
      if (longestMs > LONGEST_ANSWER_MS)
        throw new Error(`The witness waited ${Math.round(longestMs)} ms for an answer.`);
    },
    leave: () => {
      clearInterval(timer);
      client.close();
    },
  };
}
