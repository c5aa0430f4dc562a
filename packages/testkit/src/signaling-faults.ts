import {
  assertTalking,
  type Fault,
  type FaultScene,
  type Figures,
  readyAfter,
  stallSince,
  wait,
} from './fault-scene.ts';
import type { Person } from './people.ts';

/** Longer than any ear needs to be sure of a sound. */
const AFTERMATH_MS = 500;

/** Breaks the connection, and waits until alice is ready on another one. */
function breaking(name: string, breakIt: (scene: FaultScene) => void): Fault {
  return {
    name,
    run: async (scene) => {
      const since = Date.now();
      breakIt(scene);
      return await settle(scene, since);
    },
  };
}

/** What everybody hears until alice is back, and a little longer. */
async function settle(scene: FaultScene, since: number): Promise<Figures> {
  const ready = await readyAfter(scene, since);
  await wait(AFTERMATH_MS);
  await assertTalking(scene);
  const { alice, bob } = scene;
  const [stallOfAlice, stallOfBob] = [await stallSince(alice, since), await stallSince(bob, since)];
  return { ready, stall: Math.max(stallOfAlice, stallOfBob) };
}

/**
 * The network of alice's connection is away until what is returned is called, which gives the time of its return; her
 * media is not. Her browser tells her page of both, in which it knows of a network otherwise.
 */
export async function goOffline({ alice, relay }: Connected): Promise<() => Promise<number>> {
  relay.welcome('reset');
  relay.halfOpen();
  await tellPage(alice, 'offline');
  return async () => {
    relay.welcome('relay');
    const backAt = Date.now();
    await tellPage(alice, 'online');
    return backAt;
  };
}

/**
 * Alice's page is stopped until what is returned is called, which gives the time at which it goes on. Her connection
 * does not survive.
 */
export async function fallAsleep({ alice, relay }: Connected): Promise<() => number> {
  const client = await alice.page.browser().target().createCDPSession();
  const { processInfo } = await client.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  for (const pid of renderers) process.kill(pid, 'SIGSTOP');
  relay.halfOpen();
  return () => {
    for (const pid of renderers) process.kill(pid, 'SIGCONT');
    return Date.now();
  };
}

type Connected = Pick<FaultScene, 'alice' | 'relay'>;

function outage(name: string, ms: number): Fault {
  return {
    name,
    run: async (scene) => {
      const since = Date.now();
      const comeBack = await goOffline(scene);
      await wait(ms);
      const ready = await readyAfter(scene, await comeBack());
      await wait(AFTERMATH_MS);
      await assertTalking(scene);
      const stalls = [await stallSince(scene.alice, since), await stallSince(scene.bob, since)];
      return { ready, stall: Math.max(...stalls) };
    },
  };
}

function tellPage({ page }: Person, event: 'offline' | 'online'): Promise<unknown> {
  return page.evaluate((name) => {
    Object.defineProperty(navigator, 'onLine', { value: name === 'online', configurable: true });
    window.dispatchEvent(new Event(name));
  }, event);
}

/** Faults of the connection that carries the signaling. The media of the call is to go on through all of them. */
export const signalingFaults = {
  reset: breaking('the connection is reset', ({ relay }) => {
    relay.cut();
  }),
  finished: breaking('the connection is closed in good order', ({ relay }) => {
    relay.finish();
  }),
  halfOpen: breaking('the connection is half-open', ({ relay }) => {
    relay.halfOpen();
  }),
  deaf: breaking('nothing reaches the client any more', ({ relay }) => {
    relay.halfOpen('down');
  }),
  mute: breaking('nothing reaches the server any more', ({ relay }) => {
    relay.halfOpen('up');
  }),
  /** Accepts connections and never answers them. */
  hangs: {
    name: 'connections are accepted and never answered, for 8 s',
    run: async (scene: FaultScene): Promise<Figures> => {
      const { relay } = scene;
      relay.welcome('hang');
      relay.cut();
      await wait(8_000);
      relay.welcome('relay');
      return await settle(scene, Date.now());
    },
  },
  offlineShortly: outage('offline for 1 s', 1_000),
  offline: outage('offline for 10 s', 10_000),
  asleep: {
    name: 'the page is stopped for 15 s, and its connection does not survive',
    run: async (scene: FaultScene): Promise<Figures> => {
      const wakeUp = await fallAsleep(scene);
      await wait(15_000);
      const wokeAt = wakeUp();
      const ready = await readyAfter(scene, wokeAt);
      await wait(AFTERMATH_MS);
      await assertTalking(scene);
      return { ready };
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;
