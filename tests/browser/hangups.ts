import { type Person, type PersonCall, seededRandom, type TcpRelay, wait } from '@parley/testkit';

// Calls that are ended at any point of their life, in every way, by a generator that can be repeated.

export interface Line {
  readonly alice: Person;
  readonly bob: Person;
  /** Between both of them and the gateway. */
  readonly relay: TcpRelay;
}

/** One call, and how it ends. */
export interface Hangup {
  readonly caller: 'alice' | 'bob';
  readonly point: PointName;
  /** For how long after the point was reached. */
  readonly afterMs: number;
  readonly by: 'caller' | 'callee' | 'both';
  readonly way: 'hangup' | 'disconnect';
}

interface Scene {
  readonly caller: Person;
  readonly callee: Person;
  readonly relay: TcpRelay;
  /** Begins what the call does not wait for, and holds it to settle. */
  ask(promise: Promise<unknown>): void;
}

interface Ends {
  readonly outgoing: PersonCall;
  /** Undefined where the call may never ring. */
  readonly incoming?: PersonCall;
}

interface Point {
  /** The longest time from it to the hangup. */
  readonly withinMs: number;
  reach(scene: Scene): Promise<Ends>;
}

const POINTS = {
  'while calling': { withinMs: 120, reach: dial },
  'while the caller is asked for the microphone': {
    withinMs: 250,
    reach: async (scene) => {
      await slowMicrophone(scene.caller);
      return await dial(scene);
    },
  },
  'while it rings': { withinMs: 150, reach: ring },
  'while the callee answers': { withinMs: 120, reach: answer },
  'while the callee is asked for the microphone': {
    withinMs: 250,
    reach: async (scene) => {
      await slowMicrophone(scene.callee);
      return await answer(scene);
    },
  },
  'when the caller has the answer': {
    withinMs: 40,
    reach: async (scene) => {
      const ends = await answer(scene);
      await ends.outgoing.until('active');
      return ends;
    },
  },
  'while they talk': { withinMs: 100, reach: talk },
  'while the caller holds': { withinMs: 60, reach: (scene) => hold(scene, 'outgoing') },
  'while the callee holds': { withinMs: 60, reach: (scene) => hold(scene, 'incoming') },
  'while a held call is taken up': {
    withinMs: 60,
    reach: async (scene) => {
      const ends = await talk(scene);
      await ends.outgoing.invoke('hold');
      scene.ask(ends.outgoing.invoke('unhold'));
      return ends;
    },
  },
  'while the caller is muted': {
    withinMs: 60,
    reach: async (scene) => {
      const ends = await talk(scene);
      await ends.outgoing.invoke('muteAudio');
      return ends;
    },
  },
  'while ICE is restarted': { withinMs: 300, reach: (scene) => losePath(scene, 'failed') },
  'while the leg is made anew': { withinMs: 900, reach: (scene) => losePath(scene, 'closed') },
  'while both connect again, as it rings': {
    withinMs: 300,
    reach: async (scene) => cut(scene, await ring(scene)),
  },
  'while both connect again, in the call': {
    withinMs: 300,
    reach: async (scene) => cut(scene, await talk(scene)),
  },
} as const satisfies Readonly<Record<string, Point>>;

type PointName = keyof typeof POINTS;

async function dial({ caller, callee }: Scene): Promise<Ends> {
  return { outgoing: await caller.dial(callee.name) };
}

async function ring(scene: Scene): Promise<Required<Ends>> {
  const { outgoing } = await dial(scene);
  return { outgoing, incoming: await scene.callee.ringing() };
}

async function answer(scene: Scene): Promise<Required<Ends>> {
  const ends = await ring(scene);
  scene.ask(ends.incoming.invoke('answer'));
  return ends;
}

async function talk(scene: Scene): Promise<Required<Ends>> {
  const ends = await answer(scene);
  await Promise.all([ends.outgoing.until('active'), ends.incoming.until('active')]);
  return ends;
}

async function hold(scene: Scene, end: keyof Ends): Promise<Ends> {
  const ends = await talk(scene);
  scene.ask(ends[end].invoke('hold'));
  return ends;
}

async function losePath(scene: Scene, how: 'failed' | 'closed'): Promise<Ends> {
  const ends = await talk(scene);
  await scene.caller.page.evaluate(
    (...given) => {
      window.phone.losePath(...given);
    },
    ends.outgoing.id,
    how,
  );
  return ends;
}

async function cut({ relay }: Scene, ends: Ends): Promise<Ends> {
  relay.cut();
  return Promise.resolve(ends);
}

/** The next time that the page asks for the microphone, the person takes their time. */
async function slowMicrophone({ page }: Person): Promise<void> {
  await page.evaluate(() => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      mediaDevices.getUserMedia = open;
      await new Promise((resolve) => setTimeout(resolve, 150));
      return await open(constraints);
    };
  });
}

/** Endless; the same for the same seed. */
export function* hangups(seed: number): Generator<Hangup, never> {
  const random = seededRandom(seed);
  const oneOf = <T>(choices: readonly T[]): T => {
    const chosen = choices[Math.floor(random() * choices.length)];
    if (chosen === undefined) throw new Error('There is nothing to choose from.');
    return chosen;
  };
  const points = Object.keys(POINTS).filter((name): name is PointName => name in POINTS);
  for (;;) {
    const point = oneOf(points);
    yield {
      caller: oneOf(['alice', 'bob']),
      point,
      afterMs: Math.floor(random() * POINTS[point].withinMs),
      by: oneOf(['caller', 'callee', 'both']),
      way: random() < 0.1 ? 'disconnect' : 'hangup',
    };
  }
}

export function describeHangup({ caller, point, afterMs, by, way }: Hangup): string {
  return `${caller} calls; ${point}, after ${afterMs} ms, ${way} by ${by}`;
}

/** Plays a call to its end at both ends, with both people connected afterwards. */
export async function play({ alice, bob, relay }: Line, hangup: Hangup): Promise<void> {
  const [caller, callee] = hangup.caller === 'alice' ? [alice, bob] : [bob, alice];
  const asked: Promise<unknown>[] = [];
  const ask = (promise: Promise<unknown>) => void asked.push(promise);
  const since = Date.now();
  const ends = await POINTS[hangup.point].reach({ caller, callee, relay, ask });
  await wait(hangup.afterMs);
  const leaving = hangup.by === 'both' ? [caller, callee] : [hangup.by === 'caller' ? caller : callee];
  for (const person of leaving) ask(end(person, person === caller ? ends.outgoing : ends.incoming, hangup));
  // Who has not been called yet cannot end it.
  if (!ends.incoming && hangup.by === 'callee') ask(ends.outgoing.invoke('hangup'));
  // Whoever answers too late must get no microphone.
  if (ends.incoming) ask(ends.incoming.invoke('answer'));
  await within(15_000, Promise.all(asked));
  for (const person of [caller, callee]) {
    const back = hangup.way === 'disconnect' && leaving.includes(person);
    if (back || hangup.point.startsWith('while both connect again')) await comeBack(person, back, since);
  }
  // Whoever left with no connection could tell nobody; the gateway makes of it what it must when they are back.
  for (const call of [ends.outgoing, ends.incoming]) await call?.until('destroy', 15_000);
}

async function comeBack(person: Person, disconnected: boolean, since: number): Promise<void> {
  const from = disconnected ? Date.now() : since;
  if (disconnected) await person.connect();
  const isReady = ({ name, at }: { name: string; at: number }) => name === 'telnyx.ready' && at > from;
  await person.events.next(isReady, 'telnyx.ready');
}

async function end(person: Person, call: PersonCall | undefined, { way }: Hangup): Promise<void> {
  if (way === 'disconnect') await person.invoke('disconnect');
  else await call?.invoke('hangup');
}

async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const late = wait(ms).then(() => {
    throw new Error(`What was asked of the call has not settled within ${ms} ms.`);
  });
  await Promise.race([promise, late]);
}
