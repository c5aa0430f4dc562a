import { openTcpRelay, type Person, type TcpRelay, wait } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { establish, hangUpAll } from '../browser/parties.ts';
import { expectTone } from '../browser/tone.ts';
import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

// What becomes of a call whose client is away when something happens to it. Alice is the one who is away.

const ALICE_TONE = 440;
const BOB_TONE = 1000;
const ENDED = 'destroy';

const stage = useStage();
let relay: TcpRelay;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  relay = await openTcpRelay({ host: '127.0.0.1', port: Number(new URL(stage.gateway.origin).port) });
  [alice, bob] = await Promise.all([
    stage.enter('alice', { client: 'ours', signaling: `ws://127.0.0.1:${relay.port}` }),
    stage.enter('bob', { client: 'ours' }),
  ]);
});
afterEach(async () => {
  await expect.poll(() => stage.gateway.metric('parley_media_legs'), { timeout: 10_000 }).toBe(0);
  for (const person of [alice, bob]) expect(await person.invoke('hasActiveCall')).toBe(false);
});
afterAll(async () => {
  await relay.close();
  await stage.clear();
});

/** Alice is away until what is returned is called, which settles when she is ready again. */
function goAway(): () => Promise<{ readyAt: number; backAt: number }> {
  relay.welcome('reset');
  relay.cut();
  return async () => {
    const backAt = Date.now();
    relay.welcome('relay');
    await alice.page.evaluate(() => window.dispatchEvent(new Event('online')));
    const isReady = ({ name, at }: { name: string; at: number }) => name === 'telnyx.ready' && at > backAt;
    const { at } = await alice.events.next(isReady, 'telnyx.ready', { withinMs: 30_000 });
    return { readyAt: at, backAt };
  };
}

describe('alice is away', () => {
  test('and hangs up: bob is told when she is back, and her call stays ended', async () => {
    const { outgoing, incoming } = await establish(alice, bob);
    const comeBack = goAway();
    void outgoing.invoke('hangup');
    await outgoing.until('hangup');
    const { backAt } = await comeBack();
    const { at } = await incoming.until(ENDED);
    expectWithin('a hangup while away', { told: at - backAt }, { told: 4_000 });
    await outgoing.until(ENDED);
    await wait(500);
    expect(outgoing.states().slice(-2)).toEqual(['hangup', ENDED]);
  });

  test('and bob hangs up: she is told when she is back, once', async () => {
    const { outgoing, incoming } = await establish(alice, bob);
    const comeBack = goAway();
    await incoming.invoke('hangup');
    const { backAt } = await comeBack();
    const { at, call } = await outgoing.until(ENDED);
    expect(call).toMatchObject({ cause: 'NORMAL_CLEARING' });
    expectWithin('the far end hangs up while away', { told: at - backAt }, { told: 4_000 });
    expect(outgoing.states().filter((state) => state === ENDED)).toHaveLength(1);
  });

  test('and both hang up', async () => {
    const { outgoing, incoming } = await establish(alice, bob);
    const comeBack = goAway();
    void outgoing.invoke('hangup');
    await incoming.invoke('hangup');
    await comeBack();
    await Promise.all([outgoing.until(ENDED), incoming.until(ENDED)]);
  });

  test('while a call rings at her: it rings on, and can be answered', async () => {
    const outgoing = await bob.dial('alice');
    const incoming = await alice.ringing();
    await goAway()();
    expect((await incoming.snapshot()).state).toBe('ringing');
    await incoming.invoke('answer');
    await outgoing.until('active');
    await expectTone(alice, BOB_TONE);
    await hangUpAll(outgoing);
    await incoming.until(ENDED);
  });

  test('while a call rings at her, and the caller gives up: it stops within 2 s of her return', async () => {
    const outgoing = await bob.dial('alice');
    const incoming = await alice.ringing();
    const comeBack = goAway();
    await outgoing.invoke('hangup');
    const { readyAt } = await comeBack();
    const { at } = await incoming.until(ENDED);
    expectWithin(
      'the caller gives up while the callee is away',
      { stopped: at - readyAt },
      { stopped: 2_000 },
    );
  });

  test('and answers: the answer is taken when she is back', async () => {
    const outgoing = await bob.dial('alice');
    const incoming = await alice.ringing();
    const comeBack = goAway();
    const answered = incoming.invoke('answer');
    await incoming.until('answering');
    await comeBack();
    await answered;
    await outgoing.until('active');
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing);
    await incoming.until(ENDED);
  });

  test('and calls: the invite goes out when she is back, and rings once', async () => {
    const comeBack = goAway();
    await wait(300);
    const outgoing = await alice.dial('bob');
    await comeBack();
    const incoming = await bob.ringing();
    expect(incoming.states()).toEqual(['new', 'ringing']);
    await incoming.invoke('answer');
    await outgoing.until('active');
    await expectTone(alice, BOB_TONE);
    await hangUpAll(outgoing);
    await incoming.until(ENDED);
  });

  test('while her call rings at bob, who answers: she hears him when she is back', async () => {
    const outgoing = await alice.dial('bob');
    const incoming = await bob.ringing();
    await outgoing.until('trying');
    const comeBack = goAway();
    await incoming.invoke('answer');
    const { backAt } = await comeBack();
    const { at } = await outgoing.until('active');
    expectWithin('the callee answers while the caller is away', { active: at - backAt }, { active: 4_000 });
    await expectTone(alice, BOB_TONE);
    await hangUpAll(outgoing);
    await incoming.until(ENDED);
  });

  test('while her call rings at bob, who rejects it: she is told the cause when she is back', async () => {
    const outgoing = await alice.dial('bob');
    const incoming = await bob.ringing();
    const comeBack = goAway();
    await incoming.invoke('hangup');
    await comeBack();
    expect((await outgoing.until(ENDED)).call).toMatchObject({ cause: 'USER_BUSY' });
  });

  test('with a call on hold: it is on hold afterwards, and can be taken up', async () => {
    const { outgoing, incoming } = await establish(alice, bob);
    await outgoing.invoke('hold');
    await goAway()();
    expect((await outgoing.snapshot()).state).toBe('held');
    await bob.ear.firstSilence(Date.now() + 300, 400, -60);
    await outgoing.invoke('unhold');
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing);
    await incoming.until(ENDED);
  });

  test('and muted: she is muted afterwards', async () => {
    const { outgoing, incoming } = await establish(alice, bob);
    await outgoing.invoke('muteAudio');
    await goAway()();
    await bob.ear.firstSilence(Date.now(), 500, -80);
    await outgoing.invoke('unmuteAudio');
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing);
    await incoming.until(ENDED);
  });

  test('with two calls, one of which ends meanwhile: that one ends, the other goes on', async () => {
    const first = await establish(alice, bob);
    await first.outgoing.invoke('hold');
    const echo = await alice.dial('echo');
    await echo.until('active');
    const comeBack = goAway();
    await first.incoming.invoke('hangup');
    await comeBack();
    await first.outgoing.until(ENDED);
    expect((await echo.snapshot()).state).toBe('active');
    await expectTone(alice, ALICE_TONE);
    await hangUpAll(echo);
  });

  test('and holds and sends digits: what was asked for is done when she is back', async () => {
    const { outgoing, incoming } = await establish(alice, bob);
    const comeBack = goAway();
    const held = outgoing.invoke('hold');
    await comeBack();
    expect(await held).toBe(true);
    expect((await outgoing.snapshot()).state).toBe('held');
    await hangUpAll(outgoing);
    await incoming.until(ENDED);
  });
});
