import { expect, test } from 'vitest';

import {
  createTelephoneEventReceiver,
  createTelephoneEventSender,
  type TelephoneEventStep,
} from './telephone-event.ts';

const packet = (event: number, timestamp: number, ends = false) => ({
  ssrc: 7,
  timestamp,
  payload: Uint8Array.of(event, ends ? 0x8a : 0x0a, 3, 192),
});

test('a key press of many packets is one key, told at its first packet', () => {
  const keys = createTelephoneEventReceiver();
  const heard = [packet(1, 960), packet(1, 960), packet(1, 960, true), packet(1, 960, true)].map(
    keys.receive,
  );
  expect(heard).toEqual(['1', undefined, undefined, undefined]);
});

test('the same key again, with a new timestamp, is another press', () => {
  const keys = createTelephoneEventReceiver();
  expect([packet(11, 960), packet(11, 9600)].map(keys.receive)).toEqual(['#', '#']);
});

test('packets of a press that come after the next press has begun are not a press', () => {
  const keys = createTelephoneEventReceiver();
  expect([packet(1, 960), packet(2, 1920), packet(1, 960, true)].map(keys.receive)).toEqual([
    '1',
    '2',
    undefined,
  ]);
});

test('presses are told apart across the wrap of the clock', () => {
  const keys = createTelephoneEventReceiver();
  expect([packet(1, 0xffffff00), packet(2, 100)].map(keys.receive)).toEqual(['1', '2']);
});

test('what is no key or too short is not told', () => {
  const keys = createTelephoneEventReceiver();
  expect(keys.receive(packet(16, 960))).toBeUndefined();
  expect(keys.receive({ ssrc: 7, timestamp: 1920, payload: Uint8Array.of(1, 0) })).toBeUndefined();
});

/** What goes out when it is asked every 5 ms, each with the time at which it did. */
function sent(
  untilMs: number,
  presses: readonly (readonly [atMs: number, digits: string])[],
  clockRate = 48_000,
) {
  const sender = createTelephoneEventSender();
  const steps: (TelephoneEventStep & { sentAt: number })[] = [];
  for (let now = 0; now <= untilMs; now += 5) {
    for (const [at, digits] of presses) if (at === now) sender.press(digits, clockRate, now);
    steps.push(...sender.due(now).map((step) => ({ ...step, sentAt: now })));
  }
  return steps;
}

function received(steps: readonly TelephoneEventStep[]): string {
  const keys = createTelephoneEventReceiver();
  let timestamp = 0;
  const heard = steps.map(({ begins, payload }) => {
    if (begins) timestamp += 960;
    return keys.receive({ ssrc: 7, timestamp, payload });
  });
  return heard.filter((digit) => digit !== undefined).join('');
}

const beginnings = (steps: ReturnType<typeof sent>) =>
  steps.filter(({ begins }) => begins).map(({ sentAt }) => sentAt);

test('what is sent for digits is received as these digits', () => {
  expect(received(sent(3_000, [[0, '159#*0d x']]))).toBe('159#*0D');
});

test('a press lasts 100 ms, says so in the clock of its codec, and ends with three equal packets', () => {
  const steps = sent(200, [[0, '5']], 8000);
  expect(steps.map(({ sentAt }) => sentAt)).toEqual([0, 20, 40, 60, 80, 100, 100, 100]);
  const durations = steps.map(({ payload }) => ((payload[2] ?? 0) << 8) | (payload[3] ?? 0));
  expect(durations).toEqual([160, 320, 480, 640, 800, 800, 800, 800]);
  expect(steps.map(({ payload }) => (payload[1] ?? 0) >> 7)).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
});

test('presses that come faster than they can be sent follow each other, each whole and in order', () => {
  const steps = sent(1_000, [
    [0, '1'],
    [30, '23'],
    [35, '4'],
  ]);
  expect(received(steps)).toBe('1234');
  expect(steps).toHaveLength(4 * 8);
  expect(beginnings(steps)).toEqual([0, 160, 320, 480]);
});

test('a press that comes when all is sent begins at once', () => {
  expect(
    beginnings(
      sent(1_000, [
        [0, '1'],
        [500, '2'],
      ]),
    ),
  ).toEqual([0, 500]);
});

test('a comma is a pause of two seconds between presses', () => {
  expect(beginnings(sent(5_000, [[0, '1,2']]))).toEqual([0, 2_160]);
});

test('presses without end do not pile up for more than a minute', () => {
  const sender = createTelephoneEventSender();
  for (let press = 0; press < 1_000; press += 1) sender.press('1'.repeat(64), 48_000, 0);
  expect(sender.due(Infinity).at(-1)?.at).toBeLessThan(61_000);
});
