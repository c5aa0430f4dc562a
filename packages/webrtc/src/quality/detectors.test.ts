import { describe, expect, it } from 'vitest';

import { detect, type Circumstances, type Watches } from './detectors.ts';
import type { Counts, Figures, Measures } from './figures.ts';

const FINE: Measures = {
  roundTripTime: 0.05,
  jitter: 0.002,
  loss: 0,
  remoteLoss: 0,
  rFactor: 93,
  mos: 4.4,
  outboundLevel: 0.1,
  inboundLevel: 0.1,
  outboundBitrate: 30_000,
  inboundBitrate: 30_000,
};
const FLOWING: Counts = {
  packetsReceived: 50,
  packetsLost: 0,
  packetsSent: 50,
  bytesReceived: 4_000,
  bytesSent: 4_000,
};
/** A second that is fine but for what is named. */
type Second = Partial<Measures> & Partial<Counts> & Partial<Circumstances>;
const TALKING: Circumstances = { held: false, speaking: true };

/** What is told of intervals of a second each: at which of them, counted from 1, of what. */
function toldOf(intervals: readonly Second[]): string[] {
  let watches: Watches = new Map();
  return intervals.flatMap(({ held = false, speaking = true, ...changed }, index) => {
    const figures: Figures = {
      from: index * 1000,
      to: (index + 1) * 1000,
      measures: { ...FINE, ...changed },
      counts: { ...FLOWING, ...changed },
      pairId: 'CP1',
    };
    const result = detect(watches, figures, { held, speaking });
    watches = result.watches;
    return result.findings.map(({ impairment, is }) => `${index + 1} ${impairment} ${is}`);
  });
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('detect', () => {
  it('of a call without fault, tells nothing', () => {
    expect(toldOf(times(60, {}))).toEqual([]);
  });

  it.each([
    ['high-rtt', { roundTripTime: 0.41 }, { roundTripTime: 0.39 }],
    ['high-jitter', { jitter: 0.031 }, { jitter: 0.029 }],
    ['high-packet-loss', { loss: 0.011 }, { loss: 0.009 }],
    ['low-mos', { mos: 3.49 }, { mos: 3.55 }],
    ['low-inbound-audio', { inboundLevel: 0 }, { inboundLevel: 0.0005 }],
  ] satisfies [string, Second, Second][])(
    'tells %s after three intervals in a row, and its end after three that are clearly good',
    (name, bad, hardlyGood) => {
      expect(toldOf([bad, bad, {}, bad, bad, bad, hardlyGood, {}, {}, hardlyGood, {}, {}, {}])).toEqual([
        `6 ${name} raised`,
        `13 ${name} cleared`,
      ]);
    },
  );

  it.each(['received', 'sent'] as const)('tells that nothing is %s, and when it flows again', (way) => {
    const stopped = way === 'sent' ? { packetsSent: 0 } : { packetsReceived: 0 };
    expect(toldOf([stopped, stopped, stopped, {}, stopped, {}, {}, {}])).toEqual([
      `3 low-bytes-${way} raised`,
      `8 low-bytes-${way} cleared`,
    ]);
  });

  it('tells what lasts again each 15 s', () => {
    expect(toldOf(times(34, { loss: 0.2 }))).toEqual([
      '3 high-packet-loss raised',
      '18 high-packet-loss lasting',
      '33 high-packet-loss lasting',
    ]);
  });

  it('takes what is not measured for no fault', () => {
    const unmeasured = { roundTripTime: undefined, jitter: undefined, loss: undefined, mos: undefined };
    expect(toldOf(times(10, { ...unmeasured, outboundLevel: undefined, inboundLevel: undefined }))).toEqual(
      [],
    );
  });

  it('of a microphone that is silent from the start, tells after 3 s, once', () => {
    expect(toldOf(times(60, { outboundLevel: 0 }))).toEqual(['3 low-local-audio raised']);
  });

  it('of a microphone that was heard, tells after 30 s of silence, as people listen too', () => {
    expect(toldOf([{}, ...times(40, { outboundLevel: 0 })])).toEqual(['31 low-local-audio raised']);
  });

  it('of a muted microphone, tells nothing, and that what was told is over', () => {
    const silent = { outboundLevel: 0, packetsSent: 0 };
    expect(toldOf(times(10, { ...silent, speaking: false }))).toEqual([]);
    expect(toldOf([...times(4, silent), { ...silent, speaking: false }])).toEqual([
      '3 low-local-audio raised',
      '3 low-bytes-sent raised',
      '5 low-local-audio cleared',
      '5 low-bytes-sent cleared',
    ]);
  });

  it('of a held call, tells nothing, and that what was told is over; afterwards it counts anew', () => {
    const bad = { mos: 2 };
    expect(toldOf([bad, bad, { ...bad, held: true }, bad, bad, bad, { ...bad, held: true }])).toEqual([
      '6 low-mos raised',
      '7 low-mos cleared',
    ]);
  });

  it('changes nothing that it is given', () => {
    const watches: Watches = new Map();
    const figures = { from: 0, to: 1000, measures: FINE, counts: FLOWING, pairId: undefined };
    detect(watches, figures, TALKING);
    expect(watches.size).toBe(0);
  });
});
