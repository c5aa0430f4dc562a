import { CloseCode } from '@parley/protocol';
import type { Clock } from '../ports.ts';
import type { Directory } from './directory.ts';
import type { Carrier, Session } from './session.ts';

export interface DrainPorts {
  directory: Pick<Directory, 'all' | 'remove'>;
  isInCall(session: Session): boolean;
  clock: Clock;
}

/** As often, those are sent away whose last call has ended. */
const sweepMs = 1_000;

/** Long enough for a load balancer to see by `/readyz` that it should send clients elsewhere. */
const elsewhereSeconds = 2;

/**
 * A gateway on its way out. Who has no call is sent away, and nobody comes in but to take up calls that are there:
 * a call must not be lost because its client changes networks meanwhile.
 */
export class Drain {
  readonly #ports: DrainPorts;
  #callOff: (() => void) | null = null;

  constructor(ports: DrainPorts) {
    this.#ports = ports;
  }

  get isUnderWay(): boolean {
    return this.#callOff !== null;
  }

  begin(): void {
    const { directory, isInCall, clock } = this.#ports;
    this.#callOff?.();
    this.#callOff = clock.after(sweepMs, () => {
      this.begin();
    });
    for (const session of directory.all()) {
      if (isInCall(session)) continue;
      directory.remove(session)?.release(CloseCode.serviceRestart, 'the gateway stops');
    }
  }

  /** Sends a client away that has just come. */
  turnAway(carrier: Pick<Carrier, 'release'>): void {
    carrier.release(CloseCode.serviceRestart, `the gateway stops; retry-after=${String(elsewhereSeconds)}`);
  }

  close(): void {
    this.#callOff?.();
  }
}
