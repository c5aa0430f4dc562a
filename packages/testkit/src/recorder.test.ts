import { expect, test } from 'vitest';

import { createRecorder } from './recorder.ts';

const recorder = () => createRecorder<string>((entry) => entry);

test('an entry that is there already, given at once', async () => {
  const calls = recorder();
  calls.record('ringing');
  await expect(calls.next((entry) => entry === 'ringing', 'ringing')).resolves.toBe('ringing');
});

test('an entry that comes later, awaited', async () => {
  const calls = recorder();
  const active = calls.next((entry) => entry === 'active', 'active');
  calls.record('ringing');
  calls.record('active');
  await expect(active).resolves.toBe('active');
});

test('entries before the given index, not considered', async () => {
  const calls = recorder();
  calls.record('active');
  const again = calls.next((entry) => entry === 'active', 'active', { from: 1, withinMs: 5 });
  await expect(again).rejects.toThrow('No active within 5 ms. Recorded instead: nothing');
});

test('an entry that does not come, rejected with what came instead', async () => {
  const calls = recorder();
  calls.record('ringing');
  const active = calls.next((entry) => entry === 'active', 'active', { withinMs: 5 });
  await expect(active).rejects.toThrow('No active within 5 ms. Recorded instead:\n  ringing');
});
