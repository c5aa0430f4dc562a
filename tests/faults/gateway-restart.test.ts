import type { ClientKind, Figures, Restart } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { expectTone } from '../browser/tone.ts';
import { useStage } from '../browser/use-stage.ts';
import { BUSY_MS, expectWithin } from '../figures.ts';

const stage = useStage({ args: ['--keep-calls'] });
afterEach(() => stage.clear());

const ENDED = 'destroy';
const PATIENCE_MS = 30_000;
const slow = { timeout: 120_000 };

async function talk(client: ClientKind) {
  const [alice, bob] = await Promise.all([stage.enter('alice', { client }), stage.enter('bob', { client })]);
  const outgoing = await alice.dial('bob');
  const incoming = await bob.ringing();
  await incoming.invoke('answer');
  await Promise.all([outgoing.until('active'), incoming.until('active')]);
  const since = Date.now();
  await Promise.all([alice.ear.firstSound(since), bob.ear.firstSound(since)]);
  return { alice, bob, outgoing, incoming };
}

/** When the last two clients were back. */
function resumedAt(log: readonly string[]): number[] {
  const lines = log.filter((line) => line.includes('"resumed":true')).slice(-2);
  expect(lines).toHaveLength(2);
  return lines.map((line) => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? ''));
}

interface Row {
  name: string;
  client: ClientKind;
  signal: Restart['signal'];
  bounds: Figures;
}

/**
 * The goal is a gap of 5 s from the signal on. Which part of it is a start, and how many attempts of the clients fail
 * meanwhile, is up to the machine; one that waits for the wrong timer goes beyond its bound.
 */
const ours: Figures = { 'back after': 21_000, 'heard after': 5_000, gap: 5_000 + BUSY_MS };
// It waits for up to 5 s for candidates before it answers an attach.
const official: Figures = { 'back after': 21_000, 'heard after': 10_000 };

test.each<Row>([
  { name: 'killed', client: 'ours', signal: 'SIGKILL', bounds: ours },
  { name: 'stopped with --keep-calls', client: 'ours', signal: 'SIGTERM', bounds: ours },
  { name: 'killed', client: 'official', signal: 'SIGKILL', bounds: official },
])(
  'the gateway is $name in a call of $client clients and started again, the same call is heard at both ends [RESUME-10]',
  slow,
  async ({ name, client, signal, bounds }) => {
    const { gateway } = stage;
    const { alice, bob, outgoing, incoming } = await talk(client);
    const { signalledAt, readyAt } = await gateway.restart({ signal });
    // Until the new process is ready there is nothing that could be heard but the rest of a jitter buffer.
    const heardAt = await Promise.all(
      [alice, bob].map(({ ear }) => ear.firstSound(readyAt, -45, PATIENCE_MS)),
    );
    const backAt = Math.max(...resumedAt(gateway.log.entries));
    const measured = {
      'ready after': readyAt - signalledAt,
      'back after': backAt - readyAt,
      'heard after': Math.max(...heardAt) - backAt,
      gap: Math.max(...heardAt) - signalledAt,
    };
    expectWithin(`gateway ${name}, ${client} clients`, measured, bounds);
    await expectTone(alice, 1000);
    await expectTone(bob, 440);
    for (const call of [outgoing, incoming]) expect((await call.snapshot()).state).toBe('active');

    await outgoing.invoke('hangup');
    await incoming.until(ENDED);
    await expect.poll(() => gateway.metric('parley_media_legs'), { timeout: 5_000 }).toBe(0);
  },
);

test.each<ClientKind>(['ours', 'official'])(
  'the gateway is killed while a call of %s clients rings, it rings on, is answered, and heard at both ends [RESUME-10]',
  slow,
  async (client) => {
    const { gateway } = stage;
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client }),
      stage.enter('bob', { client }),
    ]);
    const outgoing = await alice.dial('bob');
    const incoming = await bob.ringing();
    await outgoing.until('early');
    const log = gateway.log.entries.length;
    const { readyAt } = await gateway.restart({ signal: 'SIGKILL' });
    const back = () => gateway.log.entries.slice(log).filter((line) => line.includes('"resumed":true'));
    await expect.poll(() => back().length, { timeout: PATIENCE_MS }).toBe(2);
    const backAt = Math.max(...resumedAt(gateway.log.entries));
    expect((await outgoing.snapshot()).state).toBe('early');
    expect((await incoming.snapshot()).state).toBe('ringing');

    const answeredAt = Date.now();
    await incoming.invoke('answer');
    const heardAt = await Promise.all(
      [alice, bob].map(({ ear }) => ear.firstSound(answeredAt, -45, PATIENCE_MS)),
    );
    const measured = { 'back after': backAt - readyAt, 'heard after': Math.max(...heardAt) - answeredAt };
    const bounds = { 'back after': 21_000, 'heard after': client === 'ours' ? 5_000 : 10_000 };
    expectWithin(`gateway killed while it rings, ${client} clients`, measured, bounds);
    await expectTone(alice, 1000);
    await expectTone(bob, 440);
    for (const call of [outgoing, incoming]) expect((await call.snapshot()).state).toBe('active');
    await outgoing.invoke('hangup');
    await incoming.until(ENDED);
    await expect.poll(() => gateway.metric('parley_media_legs'), { timeout: 5_000 }).toBe(0);
  },
);

test(
  'the gateway is killed in a call and started again without its data, the call ends with a cause',
  slow,
  async () => {
    const { outgoing, incoming } = await talk('ours');
    await stage.gateway.restart({ signal: 'SIGKILL', forgetting: true });
    for (const call of [outgoing, incoming]) {
      const { call: ended } = await call.until(ENDED, PATIENCE_MS);
      expect(ended.cause).toBeDefined();
    }
  },
);
