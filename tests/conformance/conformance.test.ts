import { beforeAll, describe, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { ABSENT_USER, openBrowserLine } from './browser-line.ts';
import { type Line, type Traits, OFFICIAL, OURS } from './line.ts';
import { SCENARIOS } from './scenarios.ts';
import { openScriptedLine } from './scripted-line.ts';

const stage = useStage();

interface Row {
  row: string;
  traits: Traits;
  open(): Promise<Line>;
}

const TRICKLE = { trickleIce: true };

const ROWS: Row[] = [
  { row: 'our client × a scripted gateway', traits: OURS, open: () => openScriptedLine(stage) },
  {
    row: 'our client × our gateway × our client',
    traits: OURS,
    open: () => openBrowserLine(stage, 'ours', 'ours'),
  },
  {
    row: 'our client × our gateway × our client, trickle',
    traits: OURS,
    open: () => openBrowserLine(stage, 'ours', 'ours', TRICKLE),
  },
  {
    row: 'our client × our gateway × the official client',
    traits: OURS,
    open: () => openBrowserLine(stage, 'ours', 'official'),
  },
  {
    row: 'the official client × our gateway × our client',
    traits: OFFICIAL,
    open: () => openBrowserLine(stage, 'official', 'ours'),
  },
  {
    row: 'the official client × our gateway × the official client',
    traits: OFFICIAL,
    open: () => openBrowserLine(stage, 'official', 'official'),
  },
  {
    row: 'the official client × our gateway × the official client, trickle',
    traits: OFFICIAL,
    open: () => openBrowserLine(stage, 'official', 'official', TRICKLE),
  },
];

beforeAll(() => stage.gateway.createUser({ sip_username: ABSENT_USER, sip_password: 'never used' }));

describe.each(ROWS)('$row', ({ traits, open }) => {
  let line: Line;

  beforeAll(async () => {
    // A row that could not be opened leaves somebody behind, who would ring in this one.
    await stage.clear();
    line = await open();
    return () => line.close();
  });

  test.each(SCENARIOS)('$title', ({ play }) => play(line, traits));
});
