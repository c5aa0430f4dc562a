import { Decoder } from '@evan/opus';
import { expect, test } from 'vitest';
import { opusSamplesOf } from './opus-packet.ts';

const decoder = new Decoder({ channels: 1, sample_rate: 48_000 });
const decodedSamplesOf = (packet: Uint8Array) => decoder.decode(packet).byteLength / 2;
const configurations = Array.from({ length: 32 }, (_, configuration) => configuration);

test.each(configurations)(
  'a packet of configuration %d, is as long as a decoder makes it',
  (configuration) => {
    const toc = configuration << 3;
    for (const packet of [[toc], [toc | 1, 0, 0], [toc | 2, 1, 0, 0], [toc | 3, 1, 0], [toc | 3, 2, 0, 0]]) {
      const bytes = Uint8Array.from(packet);
      expect(opusSamplesOf(bytes)).toBe(decodedSamplesOf(bytes));
    }
  },
);
