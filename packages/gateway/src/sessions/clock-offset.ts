const mostMs = 24 * 60 * 60 * 1000;

/** A client whose clock is further off than a day has set it wrong, or lies: nothing is known of it then. */
export const isLikelyOffset = (offsetMs: number): boolean => Math.abs(offsetMs) <= mostMs;
