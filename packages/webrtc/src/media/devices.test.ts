import { FakeMedia, ManualClock } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

import { checkPermissions, findDeviceId, listDevices, supportedConstraints } from './devices.ts';
import { MicrophoneError } from './microphone.ts';

const { startTimer } = new ManualClock();
const portsOf = (media: FakeMedia) => ({ ...media.ports(), startTimer });

describe('devices', () => {
  it('are listed by kind, without asking where their names are known', async () => {
    const media = new FakeMedia();
    const labels = await listDevices(portsOf(media), 'audioinput');
    expect(labels.map(({ label }) => label)).toEqual(['Microphone', 'Headset']);
    expect(await listDevices(portsOf(media))).toHaveLength(3);
    expect(media.asked).toEqual([]);
  });

  it('are asked for once where their names are hidden, which leaves nothing open', async () => {
    const media = new FakeMedia();
    media.labelsVisible = false;
    const [device] = await listDevices(portsOf(media), 'audiooutput');
    expect(device?.label).toBe('Speaker');
    expect(media.asked).toEqual([{ audio: true }]);
    expect(media.liveTracks).toEqual([]);
  });

  it('cannot be named where the person refuses', async () => {
    const media = new FakeMedia();
    media.labelsVisible = false;
    media.beforeStep = (step) => {
      if (step === 'getUserMedia') throw new DOMException('No', 'NotAllowedError');
    };
    await expect(listDevices(portsOf(media))).rejects.toMatchObject({ failure: 'denied' });
    await expect(listDevices(portsOf(media))).rejects.toBeInstanceOf(MicrophoneError);
  });

  it('are found by id, by label, or not at all', async () => {
    const media = new FakeMedia();
    const inputs = await listDevices(portsOf(media), 'audioinput');
    expect(findDeviceId(inputs, 'mic-2', 'Other')).toBe('mic-2');
    expect(findDeviceId(inputs, 'old-id', 'Headset')).toBe('mic-2');
    expect(findDeviceId(inputs, 'old-id', 'Other')).toBeNull();
  });

  it('do not exist where the page is not secure', async () => {
    expect(await listDevices({ startTimer, devices: undefined })).toEqual([]);
    expect(await checkPermissions({ startTimer, devices: undefined }, true, false)).toBe(false);
  });
});

describe('permissions', () => {
  it('are checked for what is asked, which leaves nothing open', async () => {
    const media = new FakeMedia();
    expect(await checkPermissions(portsOf(media), true, false)).toBe(true);
    expect(media.asked).toEqual([{ audio: true, video: false }]);
    expect(media.liveTracks).toEqual([]);
    media.inputs = [];
    expect(await checkPermissions(portsOf(media), true, false)).toBe(false);
  });
});

describe('constraints', () => {
  it('that the browser does not know are dropped', () => {
    expect(
      supportedConstraints(portsOf(new FakeMedia()), { echoCancellation: false, sampleRate: 8_000 }),
    ).toEqual({ echoCancellation: false });
  });
});
