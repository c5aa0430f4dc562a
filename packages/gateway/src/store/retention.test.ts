import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { archivedCall } from '../reports/archived-call.fixture.ts';
import { openStore } from './open-store.ts';
import { startRetention } from './retention.ts';
import type { Store } from './store.ts';

const dayMs = 86_400_000;

function manualClock() {
  const waiting: { at: number; callback: () => void }[] = [];
  const clock = {
    time: 100 * dayMs,
    waiting,
    now: () => clock.time,
    monotonic: () => clock.time,
    after(milliseconds: number, callback: () => void) {
      const timer = { at: clock.time + milliseconds, callback };
      waiting.push(timer);
      return () => void waiting.splice(waiting.indexOf(timer), 1);
    },
    advance(milliseconds: number) {
      clock.time += milliseconds;
      for (const timer of waiting.filter(({ at }) => at <= clock.time)) {
        waiting.splice(waiting.indexOf(timer), 1);
        timer.callback();
      }
    },
  };
  return clock;
}

const log = () => ({ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() });

async function insertReport(store: Store, id: string, receivedAt: number): Promise<void> {
  const whose = { callReportId: 'r', callId: 'c', voiceSdkId: null, credentialId: 'x', segment: null };
  await store.callReports.insert({ id, receivedAt, body: id, ...whose });
}

describe('retention', () => {
  it('at start and each hour, forgets what is too old and nothing else', async () => {
    const store = await openStore({ data: await temporaryFolder(), databaseUrl: null });
    const clock = manualClock();
    await insertReport(store, 'old', clock.time - 30 * dayMs - 1);
    await insertReport(store, 'young', clock.time - 30 * dayMs + 60_000);
    await store.callArchive.write([
      archivedCall('old', clock.time - 30 * dayMs - 1),
      archivedCall('young', clock.time - 30 * dayMs + 7_200_000),
    ]);
    await store.revocations.revokeToken('old', clock.time - 2 * dayMs - 1);
    await store.revocations.revokeToken('young', clock.time - dayMs);
    for (const [id, lastItemAt] of [
      ['old', clock.time - 30 * dayMs - 1],
      ['young', clock.time - 30 * dayMs + 7_200_000],
    ] as const)
      await store.conversations.insert({
        id,
        assistantId: 'a',
        targetParams: '{}',
        createdAt: 0,
        lastItemAt,
      });
    const stop = startRetention({ store, clock, log: log() });
    const left = async () => (await store.callReports.ofCall('r', 'c')).map(({ id }) => id);
    await vi.waitFor(async () => {
      expect(await left()).toEqual(['young']);
      expect(await store.revocations.isTokenRevoked('old')).toBe(false);
      expect(await store.conversations.find('old')).toBeUndefined();
      expect(await store.callArchive.find('id of old')).toBeUndefined();
    });
    expect(await store.revocations.isTokenRevoked('young')).toBe(true);
    expect(await store.conversations.find('young')).toBeDefined();
    expect(await store.callArchive.find('id of young')).toBeDefined();
    clock.advance(3_600_000);
    await vi.waitFor(async () => {
      expect(await left()).toEqual([]);
    });
    stop();
    expect(clock.waiting).toEqual([]);
    await store.close();
  });

  it('of a store that fails, is told to the log and tried again', async () => {
    const store = await openStore({ data: await temporaryFolder(), databaseUrl: null });
    await store.close();
    const [clock, lines] = [manualClock(), log()];
    const stop = startRetention({ store, clock, log: lines });
    await vi.waitFor(() => {
      expect(lines.error).toHaveBeenCalledTimes(1);
    });
    clock.advance(3_600_000);
    await vi.waitFor(() => {
      expect(lines.error).toHaveBeenCalledTimes(2);
    });
    stop();
  });
});
