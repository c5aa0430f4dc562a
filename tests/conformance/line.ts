/** Why a call ended, as one party knows it. */
export interface Ending {
  cause: string;
  causeCode: number;
}

/** The client under test, or whoever it talks to: another client, or a script that plays one. */
export interface Party {
  dial(destination: string): Promise<PartyCall>;
  /** Waits for the next call that rings here. */
  ringing(): Promise<PartyCall>;
}

/** One party's half of a call. */
export interface PartyCall {
  answer(): Promise<void>;
  hangup(): Promise<void>;
  hold(): Promise<void>;
  unhold(): Promise<void>;
  dial(digit: string): Promise<void>;
  /** Established, and not held by this party. */
  active(): Promise<void>;
  held(): Promise<void>;
  /** Waits until the other party's key press is told here. */
  digit(key: string): Promise<void>;
  /** Waits for the end. */
  ended(): Promise<Ending>;
}

/** Two parties that can reach each other. `near` is the client under test. */
export interface Line {
  near: Party;
  far: Party;
  /** What the parties dial. */
  numbers: { near: string; far: string; unknown: string; absent: string };
  close(): Promise<void>;
}

/** Where clients differ, each difference declared. */
export interface Traits {
  /** What a caller is told at its own end when it gives up before the answer. */
  cancelled: Ending;
}

export const OFFICIAL: Traits = { cancelled: { cause: 'USER_BUSY', causeCode: 17 } };
/** A call that its caller gave up was not busy. */
export const OURS: Traits = { cancelled: { cause: 'ORIGINATOR_CANCEL', causeCode: 487 } };
