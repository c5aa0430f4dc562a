/**
 * Two tabs of one browser that talk to each other share a microphone and a loudspeaker: the sound goes round.
 * Every tab tells the others of its calls. Both ends of a call have one session id, so a tab that finds an id of its
 * own in another tab knows that the far end sits on the same machine. Another browser or profile is not seen.
 */
export interface TabCall {
  session: string;
  /** Its microphone is open. */
  sends: boolean;
  /** Its far end is played aloud. */
  plays: boolean;
}

export type TabMessage =
  { type: 'calls'; tab: string; calls: readonly TabCall[] } | { type: 'who'; tab: string };

/** Which of the calls here can be heard by their own far end through the air. */
export function howlingSessions(
  here: readonly TabCall[],
  elsewhere: Iterable<readonly TabCall[]>,
): readonly string[] {
  const others = [...elsewhere].flat();
  const loops = (mine: TabCall) =>
    mine.session !== '' &&
    others.some(
      (theirs) =>
        theirs.session === mine.session && ((mine.sends && theirs.plays) || (theirs.sends && mine.plays)),
    );
  return here.filter(loops).map(({ session }) => session);
}

/** What another tab posted may be of another version of this page: anything else is refused. */
export function parseTabMessage(data: unknown): TabMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if (!('type' in data) || !('tab' in data) || typeof data.tab !== 'string') return undefined;
  if (data.type === 'who') return { type: 'who', tab: data.tab };
  if (data.type !== 'calls' || !('calls' in data) || !Array.isArray(data.calls)) return undefined;
  const calls: readonly unknown[] = data.calls;
  return calls.every(isTabCall) ? { type: 'calls', tab: data.tab, calls } : undefined;
}

function isTabCall(value: unknown): value is TabCall {
  return (
    typeof value === 'object' &&
    value !== null &&
    'session' in value &&
    typeof value.session === 'string' &&
    'sends' in value &&
    typeof value.sends === 'boolean' &&
    'plays' in value &&
    typeof value.plays === 'boolean'
  );
}
