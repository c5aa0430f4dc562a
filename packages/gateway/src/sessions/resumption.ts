import type { Clock } from '../ports.ts';
import type { Directory } from './directory.ts';
import type { Session } from './session.ts';

/** How long an old socket is given to show that it is alive, before its session moves to a new one. */
const aliveWithinMs = 1_000;

/** How long the client is given to come back that has lost its socket. With the time above, a login is in time. */
const backWithinMs = 3_000;

/** What a login says of a session that it wants to go on with. */
export interface Claim {
  sessionId: string | undefined;
  credentialId: string;
  /** The run of the client that logs in, where it says so. */
  instance: string | undefined;
}

export interface ResumptionPorts {
  directory: Pick<Directory, 'find'>;
  clock: Clock;
}

/**
 * The session that is claimed, if the newcomer may have it. A duplicated tab brings the claim of the tab that it was
 * copied from: as long as that one is alive, or may be back in a moment, the newcomer gets a session of its own, unless
 * it is the very run of the client that has it. While the other is waited for, the session may end, or somebody else may
 * resume it; then the outcome is about a socket that no longer counts.
 */
export async function resumable(ports: ResumptionPorts, claim: Claim): Promise<Session | undefined> {
  const find = () => ports.directory.find(claim.sessionId, claim.credentialId);
  const session = find();
  if (session === undefined) return undefined;
  const { connection: carrier, instance } = session;
  if (instance !== undefined && instance === claim.instance) return session;
  if (carrier === null && instance === undefined) return session;
  const isAlive =
    carrier === null ? await passed(ports.clock, backWithinMs) : await carrier.isAlive(aliveWithinMs);
  if (find() !== session || session.connection !== carrier) return await resumable(ports, claim);
  return isAlive ? undefined : session;
}

const passed = (clock: Clock, milliseconds: number): Promise<false> =>
  new Promise((resolve) => {
    clock.after(milliseconds, () => {
      resolve(false);
    });
  });
