/** Two faults in one call, and more than two people's places; see exploration.test.ts. */
import { it } from 'vitest';
import { expectKept, type Case } from './exploration.fixture.ts';

const ALL = ['alice', 'bob', 'bobby'] as const;

it.each<Case>([
  { faults: { losses: 1, repeats: 1 } },
  { faults: { losses: 1, delays: 1 } },
  { faults: { cuts: 1, failures: 1 } },
  { faults: { reloads: 2 } },
  { faults: { reloads: 1, failures: 1 } },
  { faults: { reloads: 1, restarts: 1 } },
  { faults: { reloads: 1, losses: 1 } },
  { faults: { restarts: 1, cuts: 1 } },
  { faults: { departures: 1, cuts: 1 } },
  { faults: { failures: 2 } },
  { faults: { failures: 1 }, setting: { isQuick: false } },
  { faults: { repeats: 1 }, setting: { reorders: true } },
  { faults: { losses: 1 }, setting: { reorders: true } },
  { faults: { failures: 1 }, present: ALL },
  { faults: { delays: 1 }, present: ALL },
])('a call keeps every promise with %j', (which) => {
  expectKept({ ...which, mostWorlds: 1_500_000 });
});
