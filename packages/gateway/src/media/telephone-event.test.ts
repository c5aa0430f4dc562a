import { expect, test } from 'vitest';

import { createTelephoneEventReceiver, planTelephoneEvents } from './telephone-event.ts';

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

test('what is planned for digits is received as these digits', () => {
  const keys = createTelephoneEventReceiver();
  let timestamp = 0;
  const heard = planTelephoneEvents('159#*0d x', 48_000).map(({ begins, payload }) => {
    if (begins) timestamp += 960;
    return keys.receive({ ssrc: 7, timestamp, payload });
  });
  expect(heard.filter((digit) => digit !== undefined).join('')).toBe('159#*0D');
});

test('a press lasts 100 ms, says so in the clock of its codec, and ends with three equal packets', () => {
  const steps = planTelephoneEvents('5', 8000);
  expect(steps.map(({ atMs }) => atMs)).toEqual([0, 20, 40, 60, 80, 100, 100, 100]);
  const durations = steps.map(({ payload }) => ((payload[2] ?? 0) << 8) | (payload[3] ?? 0));
  expect(durations).toEqual([160, 320, 480, 640, 800, 800, 800, 800]);
  expect(steps.map(({ payload }) => (payload[1] ?? 0) >> 7)).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
});
