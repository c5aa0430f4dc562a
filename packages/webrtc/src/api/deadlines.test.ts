import { CALL_ANSWERED, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

/** A browser that never does one thing. @returns what makes it do it after all */
function hanging({ media }: Alice, step: string): () => void {
  let go = (): void => undefined;
  const never = new Promise<void>((resolve) => {
    go = resolve;
  });
  media.beforeStep = (name) => (name === step ? never : undefined);
  return () => {
    go();
  };
}

describe('a browser that never answers', () => {
  it.each([
    ['createOffer', 40001],
    ['setLocalDescription', 40003],
    ['setRemoteDescription', 40004],
  ])('%s: the call that goes out ends after 10 s, and nothing is left of it', async (step, code) => {
    const alice = await Alice.ready(gateway);
    hanging(alice, step);
    const call = await alice.dial();
    await alice.clock.advance(10_000);
    expect(call.state).toBe('destroy');
    expect([code, 40005]).toContain(alice.errorCodes[0]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it.each(['setRemoteDescription', 'createAnswer', 'setLocalDescription', 'replaceTrack'])(
    '%s: the call that comes in ends within a minute, and nothing is left of it',
    async (step) => {
      const alice = await Alice.ready(gateway);
      hanging(alice, step);
      gateway.invite('in-1');
      await settle();
      const answered = alice.incoming[0]?.answer();
      await alice.clock.advance(60_000);
      await answered;
      expect(alice.incoming[0]?.state).toBe('destroy');
      expect(alice.leftovers).toEqual(NOTHING_LEFT);
    },
  );

  it('its question for the microphone: the call ends after a minute, and what opens later is closed', async () => {
    const alice = await Alice.ready(gateway);
    const allow = hanging(alice, 'getUserMedia');
    const call = await alice.talk();
    await alice.clock.advance(59_999);
    expect(call.state).toBe('active');
    await alice.clock.advance(1);
    expect(call).toMatchObject({ state: 'destroy', cause: 'NORMAL_TEMPORARY_FAILURE' });
    expect(alice.errorCodes).toEqual([42003]);
    allow();
    await settle();
    expect(alice.media.tracks).toHaveLength(1);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it.each([
    ['getUserMedia', 60_000, 42003],
    ['replaceTrack', 10_000, 44005],
  ])(
    '%s: another microphone is refused in time, and the call goes on with the one it has',
    async (step, ms, code) => {
      const alice = await Alice.ready(gateway);
      const call = await alice.talk();
      const goOn = hanging(alice, step);
      const [first] = alice.media.liveTracks;
      const switched = expect(call.setAudioInDevice('mic-2')).rejects.toMatchObject({ code });
      await alice.clock.advance(ms);
      await switched;
      goOn();
      await settle();
      expect(call.state).toBe('active');
      expect(alice.media.liveTracks).toEqual([first]);
    },
  );

  it.each([
    ['getUserMedia', 60_000],
    ['enumerateDevices', 5_000],
  ])('%s, as devices are looked up: that fails in time, and what opens later is closed', async (step, ms) => {
    const alice = await Alice.ready(gateway);
    alice.media.labelsVisible = false;
    const answer = hanging(alice, step);
    const { client } = alice;
    const lookUps = [
      client.getDevices(),
      client.validateDeviceId('mic-1', 'Microphone', 'audioinput'),
      client.setAudioSettings({ micId: 'mic-1' }),
    ];
    let settled = 0;
    const failed = Promise.all(
      lookUps.map(async (lookUp) => {
        await expect(lookUp).rejects.toMatchObject({ code: 42003 });
        settled += 1;
      }),
    );
    await alice.clock.advance(ms - 1);
    expect(settled).toBe(0);
    await alice.clock.advance(1);
    await failed;
    answer();
    await settle();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('its question for permission: that is taken for a refusal after a minute, and what opens later is closed', async () => {
    const alice = await Alice.ready(gateway);
    const allow = hanging(alice, 'getUserMedia');
    const checked = alice.client.checkPermissions();
    let isAllowed: boolean | undefined;
    void checked.then((value) => (isAllowed = value));
    await alice.clock.advance(59_999);
    expect(isAllowed).toBeUndefined();
    await alice.clock.advance(1);
    expect(isAllowed).toBe(false);
    allow();
    await settle();
    expect(alice.media.tracks).toHaveLength(1);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('setSinkId: another speaker is not to be had after 5 s', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    hanging(alice, 'setSinkId');
    let isSet: boolean | undefined;
    void call.setAudioOutDevice('speaker-1').then((value) => (isSet = value));
    await alice.clock.advance(4_999);
    expect(isSet).toBeUndefined();
    await alice.clock.advance(1);
    expect(isSet).toBe(false);
  });

  it('a step, in a call that is hung up meanwhile: nobody waits for it any more', async () => {
    const alice = await Alice.ready(gateway);
    hanging(alice, 'setLocalDescription');
    const call = await alice.dial();
    const ended = call.hangup();
    await settle();
    await ended;
    expect(alice.errorCodes).toEqual([]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});
