/** What a leg hears. */
export type Source = 'silence' | 'ringback' | 'speech' | 'partner';

export interface Listener {
  tone: 'silence' | 'ringback';
  held: boolean;
  /** Something waits to be said to it. */
  speaking: boolean;
  /** The leg it is bridged to, which may be itself. */
  partner:
    | {
        held: boolean;
        /** When the last packet came from it since the bridge; undefined: none yet. */
        heardAt: number | undefined;
      }
    | undefined;
}

/**
 * A partner from which nothing comes for longer is filled with silence: a browser that hears nothing at all takes its
 * own path for broken. Opus in DTX sends a packet at least every 400 ms (RFC 6716 §2.1.9), so speech is not cut.
 */
const QUIET_MS = 1000;

/** @param now in milliseconds of the clock that `heardAt` is of */
export function selectSource(listener: Listener, now: number): Source {
  const { partner, tone, held, speaking } = listener;
  if (held || partner?.held === true) return 'silence';
  if (speaking) return 'speech';
  if (partner?.heardAt === undefined) return tone;
  return now - partner.heardAt > QUIET_MS ? 'silence' : 'partner';
}
