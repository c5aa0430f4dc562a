import { ManualClock } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Upload } from '../platform/ports.ts';
import { Uploader } from './uploader.ts';

let clock: ManualClock;
let posted: { body: string; keepalive: boolean }[];
let dropped: string[];
let drains: number;
/** What the server answers, one after the other; afterwards 204. */
let answers: (number | Error)[];

beforeEach(() => {
  clock = new ManualClock();
  posted = [];
  dropped = [];
  drains = 0;
  answers = [];
});

const start = () =>
  new Uploader({
    startTimer: clock.startTimer,
    post: ({ body }, keepalive) => {
      posted.push({ body, keepalive });
      const answer = answers.shift() ?? 204;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    drained: () => {
      drains += 1;
    },
    dropped: (reason) => dropped.push(reason),
  });
const upload = (body: string): Upload => ({ url: 'http://gateway.test/call_report', headers: {}, body });
const bodies = () => posted.map(({ body }) => body);

describe('an uploader', () => {
  it('sends one thing after the other, each once', async () => {
    const uploader = start();
    uploader.add(upload('a'));
    uploader.add(upload('b'));
    expect(bodies()).toEqual(['a']);
    await clock.advance(0);
    expect(bodies()).toEqual(['a', 'b']);
    expect([uploader.waiting, clock.pending, dropped, drains]).toEqual([0, 0, [], 1]);
  });

  it.each([[new Error('unreachable')], [500], [503], [408], [429]])(
    'after %s, tries again for as long as it takes, at most 30 s apart',
    async (answer) => {
      answers = Array.from({ length: 25 }, () => answer);
      const uploader = start();
      uploader.add(upload('a'));
      await clock.advance(3_500);
      expect(posted).toHaveLength(4);
      await clock.advance(600_000);
      expect(posted.length).toBeGreaterThan(20);
      await clock.advance(200_000);
      expect([uploader.waiting, clock.pending, dropped]).toEqual([0, 0, []]);
    },
  );

  it('tries at once when it is told to, and then from short pauses on', async () => {
    answers = Array.from({ length: 8 }, () => new Error('unreachable'));
    const uploader = start();
    uploader.add(upload('a'));
    await clock.advance(20_000);
    const before = posted.length;
    uploader.hurry();
    await clock.advance(500);
    expect(posted).toHaveLength(before + 2);
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  it.each([400, 404, 413])('after %i, lets it go, says so, and goes on', async (status) => {
    answers = [status];
    const uploader = start();
    uploader.add(upload('a'));
    uploader.add(upload('b'));
    await clock.advance(0);
    expect(bodies()).toEqual(['a', 'b']);
    expect(dropped).toEqual([`the server answers ${status}`]);
  });

  it('keeps two megabytes at most, the newest of it', async () => {
    answers = [new Error('unreachable')];
    const uploader = start();
    for (const name of ['a', 'b', 'c', 'd']) uploader.add(upload(name.repeat(800 * 1024)));
    await clock.advance(60_000);
    expect(bodies().map((body) => body[0])).toEqual(['a', 'a', 'd']);
    expect(dropped).toHaveLength(2);
  });

  it('of what is small, lets the browser send it when the page is gone, and keeps what is not taken', async () => {
    const uploader = start();
    answers = [new Error('unreachable'), 204];
    uploader.add(upload('small'));
    await clock.advance(0);
    uploader.add(upload('big'.repeat(30_000)));
    posted = [];
    uploader.leave();
    expect(posted).toEqual([{ body: 'small', keepalive: true }]);
    await clock.advance(0);
    expect(uploader.waiting).toBe(1);
    await clock.advance(1_000);
    expect([uploader.waiting, drains, dropped]).toEqual([0, 1, []]);
  });

  it('whose page comes back before the server has taken it, sends it again', async () => {
    const uploader = start();
    answers = [new Error('unreachable'), new Error('gone')];
    uploader.add(upload('a'));
    await clock.advance(0);
    uploader.leave();
    await clock.advance(1_000);
    expect(bodies()).toEqual(['a', 'a', 'a']);
    expect(uploader.waiting).toBe(0);
  });
});
