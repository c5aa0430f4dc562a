import { describe, expect, it } from 'vitest';
import { eventfulCall, madeUpCall } from '../../testing/made-up-call.ts';
import { officialReport } from '../../testing/official-report.ts';
import { openCallFile } from './call-file.ts';
import { findingsOf } from './findings.ts';
import { viewOf } from './leg-view.ts';
import { codecOf, pathsOf } from './path.ts';

function problemOf(text: string): string {
  const opened = openCallFile(text);
  return opened.ok ? '' : opened.problem;
}

describe('an exported file', () => {
  it('comes back as it was exported', () => {
    const file = eventfulCall();
    expect(openCallFile(JSON.stringify(file))).toEqual({ ok: true, file });
  });

  it.each([
    ['text', 'Dear support,', 'This file is not the record of a call: it is not JSON.'],
    ['other JSON', '[1]', 'This file is JSON, but not the record of a call as Parley exports it.'],
    [
      'of a later version',
      JSON.stringify({ ...madeUpCall(), version: 2 }),
      'This file was made by a newer version of Parley than this page. Open it with that version.',
    ],
    [
      'without its call',
      JSON.stringify({ ...madeUpCall(), call: { id: 'x' } }),
      'This file is damaged: it does not say which call it is about.',
    ],
  ])('that is none: %s', (_, text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it('that is damaged inside shows what is left', () => {
    const file = madeUpCall();
    const damaged: object = {
      ...file,
      legs: [
        {
          role: 7,
          events: [{ timestamp: 'yesterday' }, null],
          media: [{}],
          reports: [{ stats: [null, {}] }, 3],
        },
        ...file.legs.slice(1),
      ],
    };
    const opened = openCallFile(JSON.stringify(damaged));
    expect(opened.ok && opened.file.legs[0]).toMatchObject({
      role: 'callee',
      events: [],
      media: [],
      debug: [],
    });
    expect(opened.ok && findingsOf(opened.file).map(({ kind }) => kind)).toEqual(['nothing', 'end']);
  });
});

it('a client’s own report opens as a call of one side', () => {
  const report = madeUpCall({ alice: { second: (at) => (at > 40 ? { level: 0 } : {}) } }).legs[0]?.reports[0];
  const opened = openCallFile(JSON.stringify(report));
  expect(opened.ok && findingsOf(opened.file).map(({ sentence }) => sentence)).toContain(
    'this client’s microphone delivered silence from 00:45 on.',
  );
});

it('an official client’s own report, which rates nothing, is rated and explained', () => {
  const opened = openCallFile(JSON.stringify(officialReport()));
  if (!opened.ok) throw new Error(opened.problem);
  const [leg] = viewOf(opened.file).legs;
  if (leg === undefined) throw new Error('There is a leg.');
  const mos = leg.quality.map((point) => point.mos?.toFixed(1));
  expect(mos.slice(0, 20)).toEqual(mos.slice(28, 48));
  expect([mos.length, mos[0], mos[19], mos[20], mos[27], mos[28]]).toEqual([
    60,
    '4.4',
    '4.4',
    '2.6',
    '2.6',
    '4.4',
  ]);
  expect(findingsOf(opened.file).find(({ kind }) => kind === 'loss')).toMatchObject({
    weight: 'problem',
    sentence: '20 % of the sound was lost on its way to this client from 00:25 to 00:33.',
  });
  expect(codecOf(leg)).toBe('Opus, 48 kHz, payload type 109');
  expect(pathsOf(leg)).toEqual([
    {
      from: 5,
      to: 65,
      local: '192.0.2.40:50112, UDP, through a NAT, ethernet',
      remote: '198.51.100.9:31004, UDP, direct',
    },
  ]);
  expect(leg.happened.map(({ text }) => text)).toEqual([
    'Sent telnyx_rtc.invite',
    'A made-up line about gathering',
    'Received telnyx_rtc.answer',
    'A made-up line about a poor network',
  ]);
});

it('what a client saved by itself opens as a call of one side', () => {
  const report = madeUpCall({ alice: { second: (at) => (at > 40 ? { level: 0 } : {}) } }).legs[0]?.reports[0];
  const saved = {
    format: 'parley-debug',
    version: 1,
    callId: 'x',
    records: report?.logs,
    stats: report?.stats,
  };
  const opened = openCallFile(JSON.stringify(saved));
  expect(opened.ok && opened.file.call).toMatchObject({
    id: 'x',
    caller: 'this client',
    destination: 'somebody',
  });
  expect(opened.ok && findingsOf(opened.file).map(({ kind }) => kind)).toContain('silence');
});
