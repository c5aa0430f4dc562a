/** Which of several servers is tried next: each in its turn, until one can be reached; then that one. */
export class ServerChoice {
  #index = 0;
  #passedOver = 0;

  /** Begins with the first again. */
  reset(): void {
    this.#index = this.#passedOver = 0;
  }

  /** @returns the empty text where there are none */
  pick(servers: readonly string[]): string {
    return servers[this.#index % servers.length] ?? '';
  }

  reached(): void {
    this.#passedOver = 0;
  }

  /** @returns true once in a row: when none of them could be reached */
  passOver(servers: readonly string[]): boolean {
    this.#index += 1;
    this.#passedOver += 1;
    return this.#passedOver === servers.length;
  }
}
