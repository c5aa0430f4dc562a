import { describe, expect, it } from 'vitest';

import { Stopped, TaskQueue } from './task-queue.ts';

describe('a task queue', () => {
  it('runs one task at a time, in order, also after one that failed', async () => {
    const queue = new TaskQueue();
    const log: string[] = [];
    const task = (name: string) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (name === 'b') throw new Error('b fails');
      return name;
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => queue.run(task(name))));
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('stopped, rejects the task that runs, those that wait, and those that come', async () => {
    const queue = new TaskQueue();
    let finish = (): void => undefined;
    const running = queue.run(() => new Promise<void>((resolve) => (finish = resolve)));
    const other = new TaskQueue();
    const failing = other.run(async () => {
      other.stop();
      throw new Error('closed under its feet');
    });
    let began = false;
    const waiting = queue.run(() => {
      began = true;
    });
    await Promise.resolve();
    queue.stop();
    finish();
    await expect(running).rejects.toThrow(Stopped);
    await expect(failing).rejects.toThrow(Stopped);
    await expect(waiting).rejects.toThrow(Stopped);
    await expect(queue.run(() => 1)).rejects.toThrow(Stopped);
    expect(began).toBe(false);
  });
});
