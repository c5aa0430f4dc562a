import type { Identity } from '../registrar/authenticator.ts';

/** The destination that plays back what it hears. */
export const echoDestination = 'echo';

export type Destination = { kind: 'echo' } | { kind: 'user'; sipUsername: string };

/** Reads a dialled string: a user name, a number, or a SIP URI (RFC 3261, section 19.1) of which the user part counts. */
export function parseDestination(dialled: string): Destination {
  const user = dialled
    .trim()
    .replace(/^sips?:/i, '')
    .replace(/@.*$/, '');
  return user.toLowerCase() === echoDestination ? { kind: 'echo' } : { kind: 'user', sipUsername: user };
}

export interface CallerIdentity {
  name: string;
  number: string;
}

/**
 * What a callee is shown. The number is proved: the user's own name, or a number that the credential owns. The name
 * is a display name, and no more than a claim.
 */
export function callerIdentity(
  identity: Identity,
  claim: { name: string | undefined; number: string | undefined },
): CallerIdentity {
  const owned = claim.number !== undefined && identity.callerNumbers.includes(claim.number);
  return {
    name: claim.name === undefined || claim.name === '' ? identity.displayName : claim.name,
    number: owned && claim.number !== undefined ? claim.number : identity.sipUsername,
  };
}

/** Both parties, as a client is told of them. */
export function partiesOf(from: CallerIdentity, destination: string, direction: 'inbound' | 'outbound') {
  return {
    caller_id_name: from.name,
    caller_id_number: from.number,
    callee_id_name: '',
    callee_id_number: destination,
    display_direction: direction,
  };
}
