import { place } from './client.ts';
import { Turn, type Machines, type Setting } from './turn.ts';
import type { End, Faults, Party, World } from './world.ts';

const NO_FAULTS: Faults = {
  losses: 0,
  repeats: 0,
  cuts: 0,
  failures: 0,
  delays: 0,
  departures: 0,
  reloads: 0,
  restarts: 0,
};

const NOWHERE: End = {
  page: 0,
  session: { name: 'idle' },
  isOpen: false,
  dialling: null,
  isResumed: false,
  call: null,
  expected: null,
  isOver: false,
  undelivered: false,
  hasEnded: false,
  outbox: [],
  pending: [],
  up: [],
  down: [],
  isBroken: false,
  held: 'none',
  heldPage: 0,
  untaken: null,
  tombstone: null,
  leg: null,
};

const SIGNED_IN: End = {
  ...NOWHERE,
  session: { name: 'ready', attempt: 0, upstreamFailures: 0 },
  isOpen: true,
  isResumed: true,
  held: 'current',
};

/** Those who are there are signed in, and Alice dials. */
export function dialled(
  present: readonly Party[],
  faults: Partial<Faults>,
  machines: Machines,
  setting: Setting,
): World {
  const endOf = (party: Party): End => (present.includes(party) ? SIGNED_IN : NOWHERE);
  const ends = { alice: endOf('alice'), bob: endOf('bob'), bobby: endOf('bobby') };
  const turn = new Turn({ ends, call: null, left: { ...NO_FAULTS, ...faults } }, machines, setting);
  place(turn, 'alice');
  return turn.world;
}
