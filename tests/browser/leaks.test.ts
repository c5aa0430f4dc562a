import { afterEach, test } from 'vitest';

import { openLeakWatch } from './leak-watch.ts';
import { useStage } from './use-stage.ts';

const CALLS = 100;

const stage = useStage();
afterEach(() => stage.clear());

test(`${CALLS} calls that are ended anywhere, no track, peer connection, timer, leg, port, process or file is left`, async () => {
  const watch = await openLeakWatch(stage);
  await watch.play(CALLS);
  await watch.expectRest();
}, 180_000);
