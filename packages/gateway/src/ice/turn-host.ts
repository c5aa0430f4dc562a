/** A program that was started. */
export interface HostedProcess {
  /** Settles with what ended it. */
  exited: Promise<string>;
  /** Ends it. It ends by itself where the gateway does, whatever ended that. */
  stop(): void;
}

/** The machine that a TURN server is to run on. `node/` has the real one. */
export interface TurnHost {
  /** @returns its path; undefined where it is not installed */
  findProgram(name: string): Promise<string | undefined>;
  /**
   * @param port 0: any that is free at all of the addresses
   * @returns the port, or one sentence that tells why UDP and TCP cannot both be served there
   */
  findPort(addresses: readonly string[], port: number): Promise<number | string>;
  run(program: string, args: readonly string[], onLine: (line: string) => void): HostedProcess;
  /** @returns whether a STUN server answers there (RFC 8489, Binding) */
  answers(address: string, port: number, withinMs: number): Promise<boolean>;
}
