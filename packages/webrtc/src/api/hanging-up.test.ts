import { CALL_ANSWERED, callIdOf, fakeSdp, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';

type Scenario = (alice: Alice) => Promise<void>;

const RINGBACK = { ringbackFile: 'ringback.mp3', ringtoneFile: 'ring.mp3' };

const calls: Scenario = async (alice) => {
  await alice.dial();
  await settled();
  connect(alice);
};

const isCalled: Scenario = async (alice) => {
  alice.gateway.invite('in-1');
  await settle();
  await alice.incoming[0]?.answer();
  connect(alice);
};

const isOfferedAnew: Scenario = async (alice) => {
  const call = await alice.dial();
  await settled();
  alice.gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer') });
  await settled();
  connect(alice);
};

/** ICE is started again, which does not help; then the server is asked for another leg, and offers one. */
const losesHerPath: Scenario = async (alice) => {
  const { clock, gateway, media } = alice;
  gateway.on('parley.remake', (request, to) => {
    to.answer(request, {});
    to.push('telnyx_rtc.attach', { callID: callIdOf(request), sdp: fakeSdp('offer'), parley: { epoch: 1 } });
  });
  await calls(alice);
  media.peers.at(-1)?.become('failed');
  await settled();
  await clock.advance(6_000);
  await settled();
  connect(alice);
};

function connect({ media }: Alice): void {
  for (const peer of media.openPeers) peer.become('connected');
}

const scenarios: [string, Scenario, object?][] = [
  ['calls', calls],
  ['calls with trickle', calls, { trickleIce: true }],
  ['is called', isCalled],
  ['is offered a call anew', isOfferedAnew],
  ['loses her media path', losesHerPath],
  ['loses her media path with trickle', losesHerPath, { trickleIce: true }],
];

const ends: [string, (alice: Alice, call: Call) => void][] = [
  ['hangs up', (_alice, call) => void call.hangup()],
  [
    'is hung up on',
    ({ gateway }, call) => {
      gateway.push('telnyx_rtc.bye', { callID: call.id, cause: 'NORMAL_CLEARING', causeCode: 16 });
    },
  ],
  ['disconnects', ({ client }) => void client.disconnect()],
];

async function play(
  scenario: Scenario,
  options: object | undefined,
  act: (alice: Alice, step: number) => void,
) {
  const gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['preAnswer', 'recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
  const alice = await Alice.ready(gateway, { ...RINGBACK, ...options });
  let steps = 0;
  alice.media.beforeStep = async (name) => {
    // Asked for twice a second, and nothing waits for it.
    if (name === 'getStats') return;
    const step = ++steps;
    act(alice, step);
    // What the step waits for comes after what was done meanwhile.
    await settle();
  };
  await scenario(alice);
  await settled();
  await alice.clock.advance(20_000);
  return { alice, steps };
}

/** Long enough for every step of a scenario. */
async function settled(): Promise<void> {
  for (let round = 0; round < 20; round++) await settle();
}

describe.each(scenarios)('alice, who %s', (_name, scenario, options) => {
  it.each(ends)('and %s while the browser works, at any point, leaves nothing behind', async (_end, end) => {
    const { steps } = await play(scenario, options, () => undefined);
    expect(steps).toBeGreaterThan(4);
    for (let at = 1; at <= steps; at++) {
      const { alice } = await play(scenario, options, (who, step) => {
        const [call] = who.client.getActiveCalls();
        if (step === at && call) end(who, call);
      });
      expect({ at, ...alice.leftovers }).toEqual({ at, ...NOTHING_LEFT });
      const told = alice.notifications.filter(({ call }) => call);
      for (const id of new Set(told.flatMap(({ call }) => call?.id ?? []))) {
        const states = alice.statesOf({ id });
        expect(states.filter((state) => state === 'destroy')).toHaveLength(1);
        expect(states.at(-1)).toBe('destroy');
      }
      expect(alice.errorCodes).toEqual([]);
    }
  });
});

describe('a hundred calls in one page', () => {
  it('leave no track, peer connection, timer or call', async () => {
    const gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway, RINGBACK);
    for (let count = 0; count < 50; count++) {
      const call = await alice.talk();
      await call.hangup();
      gateway.invite(`in-${count}`);
      await settle();
      await alice.incoming.at(-1)?.answer();
      await alice.incoming.at(-1)?.hangup();
    }
    expect(alice.media.peers).toHaveLength(100);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});
