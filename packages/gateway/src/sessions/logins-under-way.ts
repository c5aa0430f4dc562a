import type { Authentication } from '../registrar/authenticator.ts';
import type { Revocation } from '../store/store.ts';

/** What proved who somebody is, as far as it can be revoked. */
export type Proven = Pick<Authentication, 'identity' | 'tokenId'>;

/** A login from before it is judged until it has opened its session, or has not. */
export interface LoginUnderWay {
  /** @returns whether what proved the login was revoked since the login began */
  isRevoked(proven: Proven): boolean;
  end(): void;
}

const kinds = ['credential', 'token', 'assistant'] as const satisfies readonly Revocation['kind'][];

/**
 * A login is judged by what the store says at that time, and then may wait, for the socket that a session is to leave
 * for instance. What is revoked meanwhile has no session yet that could be ended, so the login is told.
 */
export class LoginsUnderWay {
  readonly #logins = new Set<Set<string>>();

  begin(): LoginUnderWay {
    const revoked = new Set<string>();
    this.#logins.add(revoked);
    return {
      isRevoked: (proven) =>
        kinds.some((kind) => {
          const opener = openerOf(proven, kind);
          return opener !== null && revoked.has(`${kind} ${opener}`);
        }),
      end: () => this.#logins.delete(revoked),
    };
  }

  revoke({ kind, subject }: Pick<Revocation, 'kind' | 'subject'>): void {
    for (const revoked of this.#logins) revoked.add(`${kind} ${subject}`);
  }
}

/** @returns what of this kind proves it, if anything */
export function openerOf({ identity, tokenId }: Proven, kind: Revocation['kind']): string | null {
  switch (kind) {
    case 'credential':
      return identity.credentialId;
    case 'token':
      return tokenId;
    case 'assistant':
      return identity.visit?.assistantId ?? null;
  }
}
