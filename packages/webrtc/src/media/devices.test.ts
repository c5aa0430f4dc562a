import { FakeMedia } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

import { checkPermissions, findDeviceId, listDevices, supportedConstraints } from './devices.ts';
import { MicrophoneError } from './microphone.ts';

describe('devices', () => {
  it('are listed by kind, without asking where their names are known', async () => {
    const media = new FakeMedia();
    const labels = await listDevices(media.ports(), 'audioinput');
    expect(labels.map(({ label }) => label)).toEqual(['Microphone', 'Headset']);
    expect(await listDevices(media.ports())).toHaveLength(3);
    expect(media.asked).toEqual([]);
  });

  it('are asked for once where their names are hidden, which leaves nothing open', async () => {
    const media = new FakeMedia();
    media.labelsVisible = false;
    const [device] = await listDevices(media.ports(), 'audiooutput');
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
    await expect(listDevices(media.ports())).rejects.toMatchObject({ failure: 'denied' });
    await expect(listDevices(media.ports())).rejects.toBeInstanceOf(MicrophoneError);
  });

  it('are found by id, by label, or not at all', async () => {
    const media = new FakeMedia();
    const find = (id: string, label: string) => findDeviceId(media.ports(), id, label, 'audioinput');
    expect(await find('mic-2', 'Other')).toBe('mic-2');
    expect(await find('old-id', 'Headset')).toBe('mic-2');
    expect(await find('old-id', 'Other')).toBeNull();
  });

  it('do not exist where the page is not secure', async () => {
    expect(await listDevices({ devices: undefined })).toEqual([]);
    expect(await checkPermissions({ devices: undefined }, true, false)).toBe(false);
  });
});

describe('permissions', () => {
  it('are checked for what is asked, which leaves nothing open', async () => {
    const media = new FakeMedia();
    expect(await checkPermissions(media.ports(), true, false)).toBe(true);
    expect(media.asked).toEqual([{ audio: true, video: false }]);
    expect(media.liveTracks).toEqual([]);
    media.inputs = [];
    expect(await checkPermissions(media.ports(), true, false)).toBe(false);
  });
});

describe('constraints', () => {
  it('that the browser does not know are dropped', () => {
    expect(
      supportedConstraints(new FakeMedia().ports(), { echoCancellation: false, sampleRate: 8_000 }),
    ).toEqual({ echoCancellation: false });
  });
});
