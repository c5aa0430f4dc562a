/** What the load process can be told to do; it answers each command with the outcome of the same name. */
export interface LoadCommands {
  /** Signs in on a socket each. */
  signIn: {
    given: { signaling: string; callers: readonly Login[]; callees: readonly Login[]; media: boolean };
    outcome: undefined;
  };
  /** Calls that end as soon as they are up, either `perSecond` or `atOnce`. */
  storm: {
    given: { seconds: number } & ({ perSecond: number } | { atOnce: number });
    outcome: Storm;
  };
  /** Brings up calls until there are so many; they go on. */
  raise: { given: { calls: number }; outcome: undefined };
  /** Watches what the calls that are up hear. */
  watch: { given: { seconds: number }; outcome: Watched };
  hangUp: { given: object; outcome: undefined };
  /** Opens sockets that are signed in and then do nothing but answer pings. */
  rest: { given: { signaling: string; login: Login; sockets: number }; outcome: undefined };
}

export type LoadCommand = keyof LoadCommands;

export interface Login {
  login: string;
  passwd: string;
}

export interface Storm {
  seconds: number;
  failed: number;
  /** Milliseconds from each invite to its answer. */
  answered: number[];
  /** Milliseconds from each invite to the callee's first packet at the caller; empty without media. */
  heard: number[];
}

export interface Watched {
  /** Packets that were sent and received in the time. */
  sent: number;
  received: number;
  /** Milliseconds that packets took from one end to the other. */
  delays: number[];
}
