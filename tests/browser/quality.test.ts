import { openMediaDetour, type Person, type PersonCall } from '@parley/testkit';
import { describe, expect, test } from 'vitest';

import { createRtpTruth } from './rtp-truth.ts';
import { useStage } from './use-stage.ts';

interface Frame {
  callId: string;
  timestamp: number;
  rtt: number;
  jitter: number;
  rttMs: number;
  jitterMs: number;
  packetLoss: number;
  mos: number;
  inboundAudio: { ssrc: number };
}

interface Report {
  callId: string;
  durationSeconds: number;
  frames: number;
  mean: Record<string, number>;
}

const stage = useStage();

function statsOf<T>(person: Person, name: string): T[] {
  const told = person.events.entries.filter((event) => event.name === `telnyx.stats.${name}`);
  return told.map(({ stats }) => stats as T);
}

const framesOf = (person: Person) => statsOf<Frame>(person, 'frame');
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function callEcho(person: Person): Promise<PersonCall> {
  const call = await person.dial('echo');
  await call.until('active');
  return call;
}

test('E2, E3: frames come every callReportInterval and stop with the call, which is then told of once', async () => {
  const intervals = [1_000, 3_000, 5_000];
  const people = await Promise.all(
    intervals.map((callReportInterval) =>
      stage.enter('alice', { client: 'ours', options: { callReportInterval } }),
    ),
  );
  const calls = await Promise.all(people.map(callEcho));
  const answeredAt = Date.now();
  await pass(30_500);
  const seconds = (Date.now() - answeredAt) / 1000;
  await Promise.all(calls.map((call) => call.invoke('hangup')));
  const counts = people.map((person) => framesOf(person).length);
  await pass(1_500);
  expect(people.map((person) => framesOf(person).length)).toEqual(counts);
  for (const [index, interval] of intervals.entries()) {
    const due = (seconds * 1000) / interval;
    expect(Math.abs((counts[index] ?? 0) - due), `frames every ${interval} ms`).toBeLessThanOrEqual(
      interval === 1_000 ? 2 : 1,
    );
  }
  for (const [index, person] of people.entries()) {
    for (const { jitter, jitterMs, mos, rtt, rttMs } of framesOf(person)) {
      for (const figure of [jitter, mos, rtt]) expect(Number.isFinite(figure)).toBe(true);
      expect([jitterMs, rttMs]).toEqual([jitter * 1000, rtt * 1000]);
    }
    const reports = statsOf<Report>(person, 'report');
    expect(reports).toMatchObject([{ callId: calls[index]?.id, frames: counts[index] }]);
    const [report] = reports;
    expect(Math.abs((report?.durationSeconds ?? 0) - seconds)).toBeLessThanOrEqual(0.5);
    const mean = meanOf(framesOf(person).map(({ mos }) => mos));
    expect(report?.mean['mos']).toBeCloseTo(mean, 6);
  }
  await stage.clear();
});

describe('a path that is known packet by packet', () => {
  test('E1, E2: its loss, delay and jitter are read in the frames', async () => {
    const truth = createRtpTruth();
    const detour = await openMediaDetour(stage.gateway.signaling, truth.see);
    const alice = await stage.enter('alice', {
      client: 'ours',
      signaling: detour.signaling,
      options: { callReportInterval: 1_000 },
    });
    // An echo would come back with what was lost on the way there.
    const bob = await stage.enter('bob', { client: 'ours' });
    const call = await alice.dial('bob');
    const answering = await bob.ringing();
    await answering.invoke('answer');
    await call.until('active');
    const measure = async () => {
      // Estimates that are smoothed follow what has changed.
      await pass(4_000);
      truth.reset();
      const from = framesOf(alice).length;
      await pass(12_000);
      const frames = framesOf(alice).slice(from);
      return { frames, seen: truth.of(frames[0]?.inboundAudio.ssrc ?? 0) };
    };

    detour.impair({ loss: 0.06, delayMs: 50 });
    const lossy = await measure();
    const share = meanOf(lossy.frames.map(({ packetLoss }) => packetLoss));
    const rtt = Math.min(...lossy.frames.map(({ rttMs }) => rttMs));
    console.log(`loss ${share} of ${lossy.seen.share}, round trip ${rtt} ms of 100 ms`);
    expect(lossy.seen.packets).toBeGreaterThan(500);
    expect(Math.abs(share - lossy.seen.share)).toBeLessThanOrEqual(0.01);
    expect(rtt).toBeGreaterThanOrEqual(80);
    expect(rtt).toBeLessThanOrEqual(120);

    // No packet overtakes another: browsers leave those out.
    detour.impair({ loss: 0, delayMs: 10, jitterMs: 19 });
    const uneven = await measure();
    const jitter = meanOf(uneven.frames.map(({ jitterMs }) => jitterMs));
    console.log(`jitter ${jitter} of ${uneven.seen.jitterMs} ms`);
    expect(Math.abs(jitter / uneven.seen.jitterMs - 1)).toBeLessThanOrEqual(0.2);

    await call.invoke('hangup');
    await detour.close();
    await stage.clear();
  });
});
