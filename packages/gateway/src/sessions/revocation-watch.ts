import type { Clock, Log } from '../ports.ts';
import type { Revocation, Revocations } from '../store/store.ts';

/** How often another process's revocations are looked for. Twice that stays well below the 5 s that they may take. */
const everyMs = 2_000;
/** A transaction may become visible after a later one. */
const lookBackMs = 10_000;

export interface RevocationWatchOptions {
  revocations: Pick<Revocations, 'since'>;
  clock: Clock;
  log: Log;
  /** Told once for each, whichever process made it. */
  onRevoked(revocation: Revocation): void;
}

/** Looks for what was revoked since the start, for as long as the gateway runs. @returns the way to stop it */
export function watchRevocations({ revocations, clock, log, onRevoked }: RevocationWatchOptions): () => void {
  const told = new Map<string, number>();
  const startedAt = clock.now();
  let callOff: (() => void) | null = null;

  const look = async (): Promise<void> => {
    const from = Math.max(startedAt, clock.now() - lookBackMs);
    for (const [key, revokedAt] of told) if (revokedAt < from) told.delete(key);
    for (const revocation of await revocations.since(from)) {
      const key = `${revocation.kind} ${revocation.subject}`;
      if (told.has(key)) continue;
      told.set(key, revocation.revokedAt);
      onRevoked(revocation);
    }
  };
  const lookLater = (): void => {
    callOff = clock.after(everyMs, () => {
      look()
        .catch((error: unknown) => {
          log.warn({ err: error }, 'revocations cannot be read');
        })
        .finally(() => {
          if (callOff !== null) lookLater();
        });
    });
  };
  lookLater();
  return () => {
    callOff?.();
    callOff = null;
  };
}
