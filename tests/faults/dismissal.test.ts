import { assertTalking, type FaultScene, openFaultScene, readyAfter, wait } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

// The gateway sends its clients away, as whoever runs it wants.

const stage = useStage({ args: ['--drain-seconds', '20'] });
afterEach(() => stage.clear());

const ENDED = 'destroy';

/** As by the administration. */
async function punt(user: string, more: object = {}): Promise<void> {
  const { origin, apiKey } = stage.gateway;
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const listed = await fetch(`${origin}/v2/sessions`, { headers });
  const { data } = (await listed.json()) as { data: { id: string; sip_username: string }[] };
  const id = data.find((session) => session.sip_username === user)?.id ?? '';
  const body = JSON.stringify({ fault: 'punt', ...more });
  const { status } = await fetch(`${origin}/v2/sessions/${id}/simulate`, { method: 'POST', headers, body });
  expect(status).toBe(200);
}

const logins = ({ alice }: FaultScene) =>
  alice.frames.entries.filter(({ text }) => text.includes('"method":"login"')).length;

describe('a session that the gateway ends by a punt', () => {
  test('takes its calls with it, which the far end hears, and is not opened again', async () => {
    const scene = await openFaultScene(stage, 'ours');
    const { alice, outgoing, incoming } = scene;
    const since = Date.now();
    await punt('alice');
    const ends = [await outgoing.until(ENDED), await incoming.until(ENDED)];
    expect(ends[1]?.call.cause).toBe('DESTINATION_OUT_OF_ORDER');
    const ended = Math.max(...ends.map(({ at }) => at)) - since;
    expectWithin('the gateway ends a session', { ended }, { ended: 4_000 });
    await wait(1_000);
    expect(logins(scene)).toBe(1);
    expect(alice.events.entries.flatMap(({ connection }) => connection ?? []).at(-1)).toBe(
      'disconnected: ended-by-server',
    );
    await scene.close();
  });

  test('and that keeps its connection alive, comes back to its call, which goes on', async () => {
    const scene = await openFaultScene(stage, 'ours', { keepConnectionAliveOnSocketClose: true });
    const { outgoing, incoming } = scene;
    const states = [outgoing.states().length, incoming.states().length];
    const since = Date.now();
    await punt('alice', { call_id: outgoing.id });
    const ready = await readyAfter(scene, since);
    expectWithin('the gateway punts a call that is kept', { ready }, { ready: 4_000 });
    expect(logins(scene)).toBe(2);
    await assertTalking(scene);
    expect([outgoing.states().length, incoming.states().length]).toEqual(states);
    await outgoing.invoke('hangup');
    await incoming.until(ENDED);
    await scene.close();
  });
});

test('a gateway that drains lets a call go on, takes no other, and is left when it has ended [CLOSE-4]', async () => {
  const scene = await openFaultScene(stage, 'ours');
  const { alice, outgoing, incoming } = scene;
  const { gateway } = stage;
  const restarted = gateway.restart({ signal: 'SIGTERM' });
  await expect
    .poll(async () => (await fetch(`${gateway.origin}/readyz`)).status, { timeout: 5_000 })
    .toBe(503);
  const refused = await alice.dial('echo');
  const { call } = await refused.until(ENDED);
  expect(call).toMatchObject({ cause: 'NORMAL_TEMPORARY_FAILURE', causeCode: 41 });
  await assertTalking(scene);

  const hungUpAt = Date.now();
  await outgoing.invoke('hangup');
  await incoming.until(ENDED);
  const { goneAt, readyAt } = await restarted;
  const ready = await readyAfter(scene, hungUpAt);
  expectWithin(
    'the gateway drains, and is started again',
    { gone: goneAt - hungUpAt, ready: hungUpAt + ready - readyAt },
    { gone: 5_000, ready: 24_000 },
  );
  await scene.close();
});
