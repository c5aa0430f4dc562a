import { describe, expect, it } from 'vitest';

import { figuresBetween, meanOf, NO_COUNTS } from './figures.ts';
import { readSample, type Sample, type Stats } from './sample.ts';

/** What Chromium gives of a call; `counted` replaces members of the entries, by their ids. */
function sampleOf(at: number, counted: Readonly<Record<string, Stats>> = {}, left: string[] = []): Sample {
  const entries: Stats[] = [
    { id: 'IT01', type: 'inbound-rtp', kind: 'audio', codecId: 'CI', playoutId: 'AP', jitter: 0.004 },
    { id: 'OT01', type: 'outbound-rtp', kind: 'audio', codecId: 'CO', mediaSourceId: 'SA' },
    { id: 'OT02', type: 'outbound-rtp', kind: 'video', bytesSent: 9e9 },
    { id: 'RI', type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.3, fractionLost: 0.25 },
    { id: 'SA', type: 'media-source', kind: 'audio' },
    { id: 'AP', type: 'media-playout', kind: 'audio' },
    { id: 'CI', type: 'codec', mimeType: 'audio/opus' },
    { id: 'CO', type: 'codec', mimeType: 'audio/PCMU' },
    { id: 'T01', type: 'transport', selectedCandidatePairId: 'CP2' },
    { id: 'CP1', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.9 },
    {
      id: 'CP2',
      type: 'candidate-pair',
      localCandidateId: 'L',
      remoteCandidateId: 'R',
      currentRoundTripTime: 0.1,
    },
    { id: 'L', type: 'local-candidate', candidateType: 'relay' },
    { id: 'R', type: 'remote-candidate', candidateType: 'host' },
  ];
  return readSample(
    entries
      .filter(({ id }) => !left.includes(String(id)))
      .map((entry) => ({ ...entry, ...counted[String(entry['id'])] })),
    at,
  );
}

const received = (packetsReceived: number, packetsLost = 0, more: Stats = {}): Stats => ({
  packetsReceived,
  packetsLost,
  ...more,
});

/** Of the second second of a call. */
function figuresOf(before: Readonly<Record<string, Stats>>, now: Readonly<Record<string, Stats>>) {
  return figuresBetween(sampleOf(1_000, before), sampleOf(2_000, now));
}

describe('readSample', () => {
  it('finds the pair in use, and what belongs to it', () => {
    expect(sampleOf(0)).toMatchObject({
      pair: { id: 'CP2' },
      local: { candidateType: 'relay' },
      remote: { candidateType: 'host' },
      inboundCodec: { mimeType: 'audio/opus' },
      outboundCodec: { mimeType: 'audio/PCMU' },
      outbound: { id: 'OT01' },
    });
  });

  it('where there is no transport, as in Firefox, takes the pair that says it is in use', () => {
    expect(sampleOf(0, { CP1: { selected: true } }, ['T01']).pair).toMatchObject({ id: 'CP1' });
    expect(sampleOf(0, { CP1: { selected: false } }, ['T01']).pair).toBeUndefined();
  });
});

describe('figuresBetween', () => {
  it('takes the round trip from the path, or where that does not tell from RTCP', () => {
    expect(figuresOf({}, {}).measures.roundTripTime).toBe(0.1);
    expect(figuresOf({}, { CP2: { currentRoundTripTime: undefined } }).measures.roundTripTime).toBe(0.3);
  });

  it.each([
    ['nothing', received(100), received(150), 0],
    ['5 of 50', received(100, 3), received(145, 8), 0.1],
    ['what was counted as lost and has come', received(100, 5), received(155, 0), 0],
    ['everything', received(100), received(100, 50), 1],
  ])('of %s lost, tells the share', (_, before, now, loss) => {
    expect(figuresOf({ IT01: before }, { IT01: now }).measures.loss).toBeCloseTo(loss, 9);
  });

  it.each([
    ['5 of 50, all mended', received(145, 5, { fecPacketsReceived: 5 }), 0],
    [
      '5 of 50, what mends them superfluous',
      received(145, 5, { fecPacketsReceived: 5, fecPacketsDiscarded: 5 }),
      0.1,
    ],
    ['none of 50, 10 too late', received(150, 0, { packetsDiscarded: 10 }), 0.2],
  ])('of %s, rates what is heard', (_, now, loss) => {
    const heard = (share: number) => Math.round(100 - 100 * share);
    const same = received(100 + heard(loss), 100 - heard(loss));
    const { rFactor } = figuresOf({ IT01: received(100) }, { IT01: now }).measures;
    expect(rFactor).toBeCloseTo(figuresOf({ IT01: received(100) }, { IT01: same }).measures.rFactor ?? 0, 9);
  });

  it('of another stream, counts from its beginning', () => {
    const before = sampleOf(1_000, { IT01: { id: 'IT00', ...received(900, 90, { bytesReceived: 9e5 }) } });
    const now = sampleOf(2_000, { IT01: received(40, 10, { bytesReceived: 5_000 }) });
    expect(figuresBetween(before, now)).toMatchObject({
      measures: { loss: 0.2, inboundBitrate: 40_000 },
      counts: { packetsReceived: 40, packetsLost: 10 },
    });
  });

  it('rates what is heard, and nothing where nothing came', () => {
    expect(figuresOf({ IT01: received(100) }, { IT01: received(150) }).measures.mos).toBeCloseTo(4.41, 2);
    expect(figuresOf({ IT01: received(100) }, { IT01: received(100) }).measures.mos).toBeUndefined();
  });

  it('tells the level of an interval, from the energy where it is counted', () => {
    const source = (energy: number, duration: number) => ({
      SA: { totalAudioEnergy: energy, totalSamplesDuration: duration, audioLevel: 0.9 },
    });
    expect(figuresOf(source(1, 10), source(1.25, 11)).measures.outboundLevel).toBeCloseTo(0.5, 9);
    expect(figuresOf({ SA: { audioLevel: 0.9 } }, { SA: { audioLevel: 0.3 } }).measures.outboundLevel).toBe(
      0.3,
    );
    expect(figuresOf(source(1, 10), source(1, 10)).measures.outboundLevel).toBe(0);
  });

  it('of the first sample, has no bitrate', () => {
    const { from, measures, to } = figuresBetween(undefined, sampleOf(1_000, { IT01: { bytesReceived: 9 } }));
    expect([from, to, measures.inboundBitrate]).toEqual([1_000, 1_000, undefined]);
  });

  it('of a browser that tells nothing, measures nothing', () => {
    const { counts, measures } = figuresBetween(readSample([], 0), readSample([], 1_000));
    expect(Object.values(measures)).toEqual(Object.values(measures).map(() => undefined));
    expect(counts).toEqual(NO_COUNTS);
  });
});

describe('meanOf', () => {
  it('leaves out what was not measured', () => {
    const one = figuresOf({}, { IT01: { jitter: 0.002 } }).measures;
    const other = figuresOf({}, { IT01: { jitter: 0.004 }, CP2: { currentRoundTripTime: 0.2 } }).measures;
    expect(meanOf([one, { ...other, mos: undefined }, { ...other, jitter: undefined }])).toMatchObject({
      jitter: expect.closeTo(0.003, 9),
      roundTripTime: expect.closeTo(0.5 / 3, 9),
    });
    expect(meanOf([]).mos).toBeUndefined();
  });
});
