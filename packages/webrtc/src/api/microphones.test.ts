import { CALL_ANSWERED, fakeSdp, ScriptedGateway, settle } from '@parley/testkit';
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

describe('in a call, a microphone', () => {
  const MICROPHONES = [
    { deviceId: 'mic-1', kind: 'audioinput', label: 'Microphone', groupId: 'g1' },
    { deviceId: 'mic-2', kind: 'audioinput', label: 'Headset', groupId: 'g2' },
  ] as const;
  const sending = (alice: Alice): string | undefined => {
    const track = alice.media.liveTracks.find((each) => each === alice.media.peers.at(-1)?.sending);
    return track?.label;
  };

  it('that is unplugged, is told at once and replaced by the default one; the call stays muted', async () => {
    const alice = await Alice.ready(gateway, { mutedMicOnStart: true });
    const call = await alice.talk();
    await call.setAudioInDevice('mic-2');
    alice.media.setDevices([MICROPHONES[0]]);
    alice.media.liveTracks[0]?.end();
    expect(alice.warnings).toMatchObject([{ warning: { code: 33102 }, callId: call.id }]);
    await settle();
    expect(alice.warningCodes).toEqual([33102]);
    expect(alice.errors).toEqual([]);
    expect(sending(alice)).toBe('Microphone');
    expect(alice.media.liveTracks).toMatchObject([{ enabled: false }]);
    expect(call.isAudioMuted).toBe(true);
    await call.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('that only vanishes from the list of devices, is replaced as well', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    await call.setAudioInDevice('mic-2');
    alice.media.setDevices([MICROPHONES[0]]);
    await settle();
    expect(alice.warningCodes).toEqual([33102]);
    expect(sending(alice)).toBe('Microphone');
  });

  it('that is there still when another comes or goes, stays', async () => {
    const alice = await Alice.ready(gateway);
    await alice.talk();
    alice.media.setDevices([MICROPHONES[0]]);
    alice.media.setDevices([...MICROPHONES]);
    await settle();
    expect(alice.warnings).toEqual([]);
    expect(alice.media.asked).toHaveLength(1);
  });

  it('that was the last, leaves a call that listens, until another is plugged in', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    alice.media.setDevices([]);
    alice.media.liveTracks[0]?.end();
    await settle();
    expect(alice.errors).toMatchObject([{ error: { code: 42002, fatal: false }, callId: call.id }]);
    expect(alice.notifications.at(-1)).toMatchObject({ type: 'userMediaError', errorName: 'NotFoundError' });
    expect(call.state).toBe('active');
    alice.media.setDevices([]);
    await settle();
    expect(alice.errors).toHaveLength(1);
    alice.media.setDevices([MICROPHONES[1]]);
    await settle();
    expect(sending(alice)).toBe('Headset');
    expect(call.state).toBe('active');
  });

  it('that is no longer allowed, is told by 42001, and the call goes on', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    alice.media.beforeStep = (step) => {
      if (step === 'getUserMedia') throw new DOMException('No', 'NotAllowedError');
    };
    alice.media.liveTracks[0]?.end();
    await settle();
    expect(alice.warningCodes).toEqual([33102]);
    expect(alice.errors).toMatchObject([{ error: { code: 42001, fatal: false } }]);
    expect(call.state).toBe('active');
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
  });

  it('that is no longer allowed, is told once where the devices change as well, and no speaker is', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    await call.setAudioOutDevice('speaker-1');
    alice.media.beforeStep = (step) => {
      if (step === 'getUserMedia') throw new DOMException('No', 'NotAllowedError');
    };
    const [track] = alice.media.liveTracks;
    alice.media.setDevices(alice.media.inputs.filter(({ kind }) => kind === 'audiooutput'));
    await settle();
    track?.end();
    alice.media.setDevices(alice.media.inputs.map((device) => ({ ...device, deviceId: '', label: '' })));
    await settle();
    expect(alice.warningCodes).toEqual([33102]);
    expect(alice.errorCodes).toEqual([42001]);
  });

  it('that comes while the person is asked to repair the lost one, is taken once that is over', async () => {
    const mediaPermissionsRecovery = { enabled: true, outbound: true, timeout: 5_000 };
    const alice = await Alice.ready(gateway, { mediaPermissionsRecovery });
    const call = await alice.talk();
    alice.media.setDevices([]);
    alice.media.liveTracks[0]?.end();
    await settle();
    expect(alice.errors).toMatchObject([{ recoverable: true }]);
    alice.media.setDevices([MICROPHONES[1]]);
    await alice.clock.advance(6_000);
    expect(sending(alice)).toBe('Headset');
    expect(call.state).toBe('active');
  });

  it('that is muted, stays so in a leg that takes the place of another', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    call.muteAudio();
    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer') });
    await settle();
    expect(alice.media.peers).toHaveLength(2);
    expect(alice.media.peers[1]?.sending).toMatchObject({ enabled: false });
    await call.setAudioInDevice('mic-2');
    expect(alice.media.peers[1]?.sending).toMatchObject({ label: 'Headset', enabled: false });
    await call.hold();
    await call.unhold();
    expect(call.isAudioMuted).toBe(true);
    call.unmuteAudio();
    expect(alice.media.peers[1]?.sending).toMatchObject({ enabled: true });
  });

  it('of the application, is the application’s', async () => {
    const alice = await Alice.ready(gateway);
    const localStream = await alice.media.ports().devices.getUserMedia({ audio: true });
    const call = alice.client.newCall({ destinationNumber: 'bob', localStream });
    await settle();
    alice.media.setDevices([]);
    alice.media.liveTracks[0]?.end();
    await settle();
    expect(alice.warnings).toEqual([]);
    expect(alice.media.asked).toHaveLength(1);
    expect(call.state).toBe('active');
  });
});

describe('a speaker', () => {
  it('that is unplugged in a call, is told and replaced by the default one', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    expect(await call.setAudioOutDevice('speaker-1')).toBe(true);
    alice.media.setDevices(alice.media.inputs.filter(({ kind }) => kind === 'audioinput'));
    await settle();
    expect(alice.warnings).toMatchObject([{ warning: { code: 33103 }, callId: call.id }]);
    expect(alice.media.elements.get('remote')?.sinkId).toBe('');
    alice.media.setDevices(alice.media.inputs);
    await settle();
    expect(alice.warningCodes).toEqual([33103]);
  });

  it('that is not there when the call begins, is told, and the call is heard by the default one', async () => {
    const alice = await Alice.ready(gateway);
    alice.client.speaker = 'gone';
    alice.media.beforeStep = (step) => {
      if (step === 'setSinkId') throw new DOMException('No', 'NotFoundError');
    };
    const call = await alice.talk();
    expect(alice.warningCodes).toEqual([33103]);
    expect(alice.media.elements.get('remote')?.srcObject).toBe(call.remoteStream);
  });
});
