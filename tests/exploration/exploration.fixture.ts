import { expect } from 'vitest';
import { explore, type Exploration } from './explore.ts';
import { dialled } from './start.ts';
import { MACHINES, type Machines, type Setting } from './turn.ts';
import type { Faults, Party } from './world.ts';

const SETTING: Setting = {
  early: 'warm',
  preAnswers: true,
  reorders: false,
  isQuick: true,
  tellsCauses: false,
};

export interface Case {
  readonly faults?: Partial<Faults>;
  readonly setting?: Partial<Setting>;
  readonly machines?: Partial<Machines>;
  readonly present?: readonly Party[];
  /** 100,000 by default. */
  readonly mostWorlds?: number;
}

export function exploring({
  faults = {},
  setting,
  machines,
  present = ['alice', 'bob'],
  mostWorlds = 100_000,
}: Case): Exploration {
  const [ours, how] = [
    { ...MACHINES, ...machines },
    { ...SETTING, ...setting },
  ];
  return explore(dialled(present, faults, ours, how), ours, how, mostWorlds);
}

/** All promises are kept in every world that there is. */
export function expectKept(which: Case): void {
  const { worlds, steps, finding } = exploring(which);
  console.log(`${JSON.stringify(which)}: ${worlds} worlds, ${steps} steps`);
  expect(finding).toBeUndefined();
}
