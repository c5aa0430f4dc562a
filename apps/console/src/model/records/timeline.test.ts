import { describe, expect, it } from 'vitest';
import { eventfulCall, madeUpCall } from '../../testing/made-up-call.ts';
import { occurrencesOf } from './occurrence.ts';
import { EVERYTHING, PAGE_ROWS, filtered, pageAround, preciseMoment, rowAt } from './timeline.ts';

const happened = occurrencesOf(eventfulCall());

describe('the timeline of both sides', () => {
  it('is in order by the gateway’s clock, whatever the clients’ clocks say', () => {
    expect(happened.map(({ at }) => at)).toEqual(happened.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(happened.find(({ text }) => text.startsWith('Packet loss is high'))?.at).toBe(46);
  });

  it('names the frames that an official client logs', () => {
    const file = madeUpCall();
    const [alice] = file.legs;
    const [report] = alice?.reports ?? [];
    if (alice === undefined || report === undefined) throw new Error('alice has a report.');
    const logs = [
      {
        timestamp: file.call.startedAt,
        level: 'debug' as const,
        message: 'SEND: \n',
        context: { args: ['{"jsonrpc":"2.0","method":"telnyx_rtc.invite","params":{}}'] },
      },
      { timestamp: file.call.startedAt, level: 'info' as const, message: 'Peer is made' },
    ];
    const rows = occurrencesOf({ ...file, legs: [{ ...alice, events: [], reports: [{ ...report, logs }] }] });
    expect(rows.map(({ category, text }) => `${category}: ${text}`)).toEqual([
      'signaling: Sent telnyx_rtc.invite',
      'log: Peer is made',
    ]);
  });

  it.each([
    ['a kind', { categories: new Set(['device'] as const) }, 2],
    ['a side', { leg: 1, categories: new Set(['quality', 'connection'] as const) }, 2],
    ['words, in what is told beside the sentence too', { words: 'usb HEADSET' }, 1],
    ['troubles', { troubles: true }, 5],
  ])('is narrowed to %s', (_, change, count) => {
    expect(filtered(happened, { ...EVERYTHING, ...change })).toHaveLength(count);
  });

  it('is shown by the page, around the row that is asked for', () => {
    expect(pageAround(5000, 10_000)).toEqual({ from: 4980, to: 4980 + PAGE_ROWS });
    expect(pageAround(3, 10_000)).toEqual({ from: 0, to: PAGE_ROWS });
    expect(pageAround(9999, 10_000)).toEqual({ from: 10_000 - PAGE_ROWS, to: 10_000 });
    expect(pageAround(2, 7)).toEqual({ from: 0, to: 7 });
  });

  it('finds the row of a moment', () => {
    const index = rowAt(happened, 46);
    expect(happened[index]?.at).toBe(46);
    expect(rowAt(happened, 1e9)).toBe(happened.length - 1);
  });
});

it.each([
  [0.0514, '00:00.051'],
  [63.9999, '01:04.000'],
  [3723.4, '1:02:03.400'],
  [-0.25, '−00:00.250'],
])('%d seconds are %s', (seconds, text) => {
  expect(preciseMoment(seconds)).toBe(text);
});
