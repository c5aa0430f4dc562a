import type { Clock, Log } from '../ports.ts';
import type { Store } from './store.ts';

const dayMs = 24 * 60 * 60 * 1000;
const everyMs = dayMs / 24;
/** People ask about a call within weeks; what nobody needs is best forgotten. */
const keepCallsMs = 30 * dayMs;
const keepConversationsMs = 30 * dayMs;
/** A revoked token expires within a day; after that it needs no mention. */
const keepRevocationsMs = 2 * dayMs;
/** A node that runs writes every minute; calls of one that does not are over. */
const keepNodesMs = 2 * dayMs;

/** Forgets what is too old: now, and from time to time. @returns the way to stop */
export function startRetention(ports: {
  store: Pick<Store, 'callReports' | 'callArchive' | 'revocations' | 'conversations' | 'callRecords'>;
  clock: Clock;
  log: Log;
}): () => void {
  const { store, clock, log } = ports;
  let cancel: () => void = () => undefined;
  const forget = async () => {
    try {
      const calls = await store.callArchive.prune(clock.now() - keepCallsMs);
      const reports = await store.callReports.prune(clock.now() - keepCallsMs);
      const revocations = await store.revocations.prune(clock.now() - keepRevocationsMs);
      const conversations = await store.conversations.prune(clock.now() - keepConversationsMs);
      const nodes = await store.callRecords.prune(clock.now() - keepNodesMs);
      if (calls + reports + revocations + conversations + nodes > 0)
        log.info({ calls, reports, revocations, conversations, nodes }, 'old records were deleted');
    } catch (err) {
      log.error({ err }, 'old records cannot be deleted; tried again later');
    }
  };
  const run = () => {
    cancel = clock.after(everyMs, run);
    void forget();
  };
  run();
  return () => {
    cancel();
  };
}
