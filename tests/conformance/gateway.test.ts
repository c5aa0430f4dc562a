import { type ClientKind, type Stage, openStage } from '@parley/testkit';
import { afterAll, beforeAll, describe, test } from 'vitest';

import { openBrowserLine } from './browser-line.ts';
import { type Line, type Traits, OFFICIAL, OURS } from './line.ts';
import { SCENARIOS } from './scenarios.ts';

const TRAITS: Readonly<Record<ClientKind, Traits>> = { official: OFFICIAL, ours: OURS };

const ROWS: { near: ClientKind; far: ClientKind; trickle: boolean }[] = [
  { near: 'official', far: 'official', trickle: false },
  { near: 'official', far: 'official', trickle: true },
];

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe.each(ROWS)('$near client with $far client, trickle $trickle', ({ near, far, trickle }) => {
  let line: Line;

  beforeAll(async () => {
    line = await openBrowserLine(stage, near, far, { trickleIce: trickle });
  });
  afterAll(() => line.close());

  test.each(SCENARIOS)('$title', ({ play }) => play(line, TRAITS[near]));
});
