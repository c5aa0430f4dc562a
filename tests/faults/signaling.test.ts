import {
  type FaultScene,
  type Figures,
  openFaultScene,
  openTcpRelay,
  readyAfter,
  signalingFaults,
} from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { BUSY_MS, expectWithin } from '../figures.ts';

// One call goes through all of it, fault after fault.

const stage = useStage();
let scene: FaultScene;
beforeAll(async () => {
  scene = await openFaultScene(stage, 'ours');
});
afterAll(async () => {
  await scene.close();
  await stage.clear();
});

/** Far above the goals: a machine that is busy must not fail, one that waits for a timer of the wrong length must. */
const BOUNDS: Readonly<Record<keyof typeof signalingFaults, Figures>> = {
  reset: { ready: 3_000, stall: 1_000 },
  finished: { ready: 3_000, stall: 1_000 },
  halfOpen: { ready: 11_000, stall: 1_000 },
  deaf: { ready: 11_000, stall: 1_000 },
  mute: { ready: 11_000, stall: 1_000 },
  hangs: { ready: 8_000, stall: 1_000 },
  offlineShortly: { ready: 4_000, stall: 1_000 },
  offline: { ready: 4_000, stall: 1_000 },
  asleep: { ready: 5_000 },
};

test.each(Object.entries(signalingFaults))('%s in a call: the call goes on', async (key, fault) => {
  const { id } = scene.outgoing;
  const states = scene.outgoing.states().length;
  const measured = await fault.run(scene);
  expectWithin(fault.name, measured, BOUNDS[key as keyof typeof BOUNDS]);
  expect(scene.outgoing.id).toBe(id);
  expect(scene.outgoing.states()).toHaveLength(states);
});

test('a half-open connection while nobody talks: another one takes its place', async () => {
  const relay = await openTcpRelay({ host: '127.0.0.1', port: Number(new URL(stage.gateway.origin).port) });
  const alice = await stage.enter('alice', { client: 'ours', signaling: `ws://127.0.0.1:${relay.port}` });
  const since = Date.now();
  relay.halfOpen();
  const ready = await readyAfter({ alice }, since);
  expectWithin('the connection is half-open, and nobody talks', { ready }, { ready: 15_000 + BUSY_MS });
  await relay.close();
});
