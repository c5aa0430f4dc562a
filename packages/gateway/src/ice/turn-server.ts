import { chmod, writeFile } from 'node:fs/promises';
import type { Clock, Log } from '../ports.ts';
import { coturnConfig, type CoturnOptions } from './coturn-config.ts';
import {
  supervised,
  supervisionTransition,
  type SupervisionEvent,
  type SupervisionState,
  type SupervisionStep,
} from './supervision-machine.ts';
import type { HostedProcess, TurnHost } from './turn-host.ts';

export interface TurnServer {
  /** @throws Error where it does not answer */
  check(): Promise<void>;
  status(): { running: boolean; starts: number };
  close(): Promise<void>;
}

export interface TurnServerPorts {
  host: TurnHost;
  clock: Clock;
  log: Log;
}

const STARTS_WITHIN_MS = 5_000;
const ANSWERS_WITHIN_MS = 1_000;
const ASK_EVERY_MS = 100;

/** Runs coturn, and runs it again whenever it ends. @returns once it answers, or has had its time to */
export async function startTurnServer(
  program: string,
  options: CoturnOptions,
  { host, clock, log }: TurnServerPorts,
): Promise<TurnServer> {
  const configFile = `${options.files}.conf`;
  // The mode is for a file that is made; one that is there keeps its own, and is closed to others before it is filled.
  await writeFile(configFile, '', { mode: 0o600 });
  await chmod(configFile, 0o600);
  await writeFile(configFile, coturnConfig(options));
  const [address = ''] = options.addresses;
  let state: SupervisionState;
  let child: HostedProcess | undefined;
  let starts = 0;
  let callOff = (): void => undefined;

  const start = (): void => {
    starts += 1;
    child = host.run(program, ['-c', configFile], (line) => {
      log.debug({ line }, 'coturn');
    });
    void child.exited.then((reason) => {
      if (state.name !== 'closed') log.warn({ reason }, 'coturn ended; it is started again');
      apply({ type: 'exited', at: clock.monotonic() });
    });
  };

  const carryOut = (step: SupervisionStep): void => {
    state = step.state;
    callOff();
    if (state.name === 'waiting') {
      callOff = clock.after(state.delayMs, () => {
        apply({ type: 'elapsed', at: clock.monotonic() });
      });
    }
    for (const effect of step.effects) {
      if (effect === 'start') start();
      else child?.stop();
    }
  };

  const apply = (event: SupervisionEvent): void => {
    carryOut(supervisionTransition(state, event));
  };

  const firstStep = supervised(clock.monotonic());
  state = firstStep.state;
  carryOut(firstStep);
  const startedAt = clock.monotonic();
  while (
    clock.monotonic() - startedAt < STARTS_WITHIN_MS &&
    !(await host.answers(address, options.port, ASK_EVERY_MS))
  );

  return {
    check: async () => {
      if (await host.answers(address, options.port, ANSWERS_WITHIN_MS)) return;
      throw new Error('coturn does not answer');
    },
    status: () => ({ running: state.name === 'running', starts }),
    close: async () => {
      apply({ type: 'close' });
      await child?.exited;
    },
  };
}
