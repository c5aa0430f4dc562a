import { CALL_ANSWERED, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
});

describe('a microphone', () => {
  it('that is refused after the invite has gone out, ends the call at the server, too, and leaves nothing', async () => {
    const alice = await Alice.ready(gateway);
    alice.media.beforeStep = async (step) => {
      if (step !== 'getUserMedia') return;
      await settle();
      throw new DOMException('No', 'NotAllowedError');
    };
    const call = await alice.dial();
    await settle();
    expect(call).toMatchObject({ state: 'destroy', causeCode: 41 });
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
    await alice.clock.advance(5_000);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('of two that are chosen one after the other, the second stays, also where the first takes longer', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    let release = (): void => undefined;
    alice.media.beforeStep = (step) =>
      step === 'getUserMedia'
        ? new Promise<void>((resolve) => {
            release = resolve;
            alice.media.beforeStep = () => undefined;
          })
        : undefined;
    const slow = call.setAudioInDevice('mic-1');
    await call.setAudioInDevice('mic-2');
    const chosen = call.localStream;
    release();
    await slow;
    expect(call.localStream).toBe(chosen);
    expect(alice.media.liveTracks).toEqual(chosen?.getAudioTracks());
  });
});
