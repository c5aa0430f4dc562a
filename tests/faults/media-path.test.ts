import { type MediaScene, loseMediaPath, openMediaScene } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from './figures.ts';

// What is on its way when a path is cut is played for a moment, so that a bound says nothing of a shorter stall.

const stage = useStage();
let scene: MediaScene | undefined;
afterEach(async () => {
  await scene?.close();
  await stage.clear();
});

test.each(['caller', 'callee'] as const)(
  'the media path of the %s goes dead: both hear each other again over another, in the same call',
  async (role) => {
    scene = await openMediaScene(stage, { client: 'ours', role });
    await Promise.all([scene.alice, scene.bob].map(({ ear }) => ear.firstSound(Date.now(), -45)));
    const measured = await loseMediaPath(scene);
    expectWithin(`media path of the ${role} dead`, measured, { asked: 5_000, near: 8_000, far: 8_000 });
    expect(scene.outgoing.states().at(-1)).toBe('active');
    expect(scene.outgoing.states()).not.toContain('recovering');
  },
);
