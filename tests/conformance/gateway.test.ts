import { type ClientKind } from '@parley/testkit';
import { beforeAll, describe, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { openBrowserLine } from './browser-line.ts';
import { type Line, type Traits, OFFICIAL, OURS } from './line.ts';
import { SCENARIOS } from './scenarios.ts';

const TRAITS: Readonly<Record<ClientKind, Traits>> = { official: OFFICIAL, ours: OURS };

const ROWS: { near: ClientKind; far: ClientKind; trickle: boolean }[] = [
  { near: 'official', far: 'official', trickle: false },
  { near: 'official', far: 'official', trickle: true },
];

const stage = useStage();

describe.each(ROWS)('$near client with $far client, trickle $trickle', ({ near, far, trickle }) => {
  let line: Line;

  beforeAll(async () => {
    line = await openBrowserLine(stage, near, far, { trickleIce: trickle });
    return () => line.close();
  });

  test.each(SCENARIOS)('$title', ({ play }) => play(line, TRAITS[near]));
});
