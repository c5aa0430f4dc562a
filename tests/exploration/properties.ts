import { isLive } from './client.ts';
import { hasPath } from './steps.ts';
import { Violation } from './turn.ts';
import { PARTIES, type Party, type World } from './world.ts';

/** What holds in every world. A callee may be told that its answer came too late (ANS-2), the caller never is. */
export function assertSound({ ends, call }: World): void {
  for (const party of PARTIES) {
    const its = ends[party].call;
    if (its?.hasMicrophone === true && !isLive(its))
      throw new Violation(`${party}'s microphone is open after the end`);
  }
  if (ends.alice.call?.hasTalked === true && call !== null && call.owner === null) {
    throw new Violation('alice talks, and nobody has answered');
  }
}

/** Nothing more happens by itself: then all has ended, or two people talk. */
export function assertSettled(world: World): void {
  const trouble = PARTIES.map((party) => disquietOf(world, party)).find((each) => each !== undefined);
  if (trouble !== undefined) throw new Violation(`It goes no further, and ${trouble}`);
}

function disquietOf({ ends, call: atGateway }: World, party: Party): string | undefined {
  const { call, expected, held, leg, outbox, pending, session, untaken } = ends[party];
  const isAway = session.name === 'idle' && held === 'none';
  const isThere = session.name === 'ready' && held === 'current' && untaken === null;
  if (!isAway && !isThere) return `${party} is neither there nor away`;
  if (pending.length + outbox.length > 0) return `${party} waits for an answer`;
  if (expected !== null) return `${party} waits for the call of another page`;
  if (leg !== null && atGateway?.state.name !== 'established') return `the gateway waits for ${party}`;
  if (leg === null && isLive(call)) return `${party}'s call is at the client alone`;
  if (leg !== null && !isLive(call)) return `${party}'s call is at the gateway alone`;
  if (leg !== null && !hasPath(ends[party])) return `${party} is in a call without media`;
  return undefined;
}

/** Who has answered, why the call has ended at the gateway and at each client; undefined while it goes on. */
export function endingOf({ ends, call }: World): string | undefined {
  if (call?.state.name !== 'ended') return undefined;
  const told = PARTIES.flatMap((party) => {
    const its = ends[party].call;
    return its !== null && 'ending' in its.state ? [`${party} ${its.state.ending.cause}`] : [];
  });
  return [`${call.owner ?? 'nobody'}: ${call.state.cause.cause}`, ...told].join(', ');
}
