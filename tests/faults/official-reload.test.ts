import { openFaultScene, pageFaults } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

const stage = useStage();
afterEach(() => stage.clear());

// It cannot say that its media is lost: the gateway notices after 15 s without any.
test('the page of an official client is reloaded in a call, and the call goes on [RESUME-4]', async () => {
  const scene = await openFaultScene(stage, 'official', { hangupOnBeforeUnload: false });
  const measured = await pageFaults.reload.run(scene);
  expectWithin('the page of an official client is reloaded', measured, { back: 20_000, heard: 22_000 });
  await scene.outgoing.invoke('hangup');
  await scene.incoming.until('destroy');
  await expect.poll(() => stage.gateway.metric('parley_media_legs'), { timeout: 5_000 }).toBe(0);
  await scene.close();
});
