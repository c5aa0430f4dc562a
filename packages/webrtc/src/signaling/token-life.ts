import { parseFields, type Fields } from './fields.ts';

/** How long a token holds: milliseconds of the epoch by the local clock, Infinity where that is unknown. */
export interface TokenLife {
  readonly endsAt: number;
  /** When another is to be had. */
  readonly askAt: number;
}

export const UNKNOWN_LIFE: TokenLife = { endsAt: Infinity, askAt: Infinity };

const EARLY_MS = 120_000;
/** Timers stand still while a computer sleeps, and overflow after 24 days: so the clock is looked at. */
const LOOK_MS = 60_000;
/** A provider whose tokens hold for less than `EARLY_MS` is not asked without a pause. */
const LEAST_MS = 5_000;

/**
 * @param expiresIn seconds that are left, where the server tells; otherwise `exp` of the token counts
 * @param renewed it came from a provider, and the next one will
 */
export function lifeOf(
  token: string | undefined,
  expiresIn: unknown,
  now: number,
  renewed: boolean,
): TokenLife {
  const leftMs = token && typeof expiresIn === 'number' ? 1000 * expiresIn : endOf(token) - now;
  // The server has just taken it: where the local clock calls it over, that clock is wrong.
  if (!(leftMs > 0)) return UNKNOWN_LIFE;
  const early = leftMs - EARLY_MS;
  const waitMs = renewed && early < LEAST_MS ? Math.max(leftMs / 2, LEAST_MS) : early;
  return { endsAt: now + leftMs, askAt: now + waitMs };
}

/** @returns how long to wait until the next look at the clock; 0: another token is to be had */
export function waitOf({ askAt }: TokenLife, now: number): number {
  return Math.min(LOOK_MS, Math.max(0, askAt - now));
}

/** A clock that was set back while we waited does not lengthen a life. @param early by how much the wait fell short */
export function correct({ endsAt, askAt }: TokenLife, early: number): TokenLife {
  const setBack = Math.max(0, early);
  return { endsAt: endsAt - setBack, askAt: askAt - setBack };
}

/** `exp` of a JWT (RFC 7519) in milliseconds; NaN where there is none. */
export function endOf(token: string | undefined): number {
  return 1000 * Number(claimsOf(token)?.['exp']);
}

/** What a JWT says, unverified; undefined where the token is none. */
export function claimsOf(token = ''): Fields | undefined {
  try {
    const payload = token.split('.')[1] ?? '';
    return parseFields(atob(payload.replace(/-/g, '+').replace(/_/g, '/')));
  } catch {
    return undefined;
  }
}
