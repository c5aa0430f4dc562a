import { describe, expect, it } from 'vitest';
import { eventfulCall, madeUpCall } from '../../testing/made-up-call.ts';
import { openCallFile } from './call-file.ts';
import { findingsOf } from './findings.ts';

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
