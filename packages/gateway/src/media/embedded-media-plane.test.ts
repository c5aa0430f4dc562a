import { afterEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../node/clock.ts';
import { type BrowserStandIn, openBrowser } from './browser-stand-in.fixture.ts';
import { createEmbeddedMediaPlane, type EmbeddedMediaOptions } from './embedded-media-plane.ts';
import { packClip } from './clips/clip.ts';
import type { EngineSettings } from './engines/engine-messages.ts';
import { inProcessWorker } from './in-process-worker.fixture.ts';
import type { MediaEvent, MediaPlane } from './media-plane.ts';
import type { FromMediaWorker, MediaWorkerChannel, ToMediaWorker } from './worker-protocol.ts';

const LOOPBACK = { addresses: ['127.0.0.1'] };
const ignore = (): undefined => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function openPlane(options: Partial<EmbeddedMediaOptions> = {}): MediaPlane & { events: MediaEvent[] } {
  const plane = createEmbeddedMediaPlane(
    { ...LOOPBACK, ...options },
    { forkWorker: inProcessWorker, clock: systemClock, log },
  );
  const events: MediaEvent[] = [];
  plane.onEvent((event) => events.push(event));
  closers.push(() => plane.close());
  return { ...plane, events };
}

async function browser(): Promise<BrowserStandIn> {
  const opened = await openBrowser();
  closers.push(() => opened.close());
  return opened;
}

async function callIn(plane: MediaPlane, leg: string, call = 'call'): Promise<BrowserStandIn> {
  const end = await browser();
  const { sdp } = await plane.send({ type: 'accept', leg, call, sdp: await end.offer() });
  await end.accept(sdp);
  await end.connected();
  return end;
}

/** Sends a packet every 20 ms until it is stopped. */
function speak(end: BrowserStandIn, payload: string): () => void {
  let sequence = 0;
  const timer = setInterval(() => {
    sequence += 1;
    end.send(sequence, payload);
  }, 20);
  return () => clearInterval(timer);
}

const heard = (end: BrowserStandIn): string => end.received.at(-1)?.payload.toString() ?? '';
const numbers = (end: BrowserStandIn): number[] => end.received.map(({ header }) => header.sequenceNumber);

/** The numbers that are missing between the first and the last. */
function missing(end: BrowserStandIn): number {
  const received = numbers(end);
  const [first, last] = [received[0] ?? 0, received.at(-1) ?? 0];
  return last - first + 1 - received.length;
}

describe('a leg that talks', () => {
  test('is counted soon and each 5 s, with what is missing of it, and what its browser says', async () => {
    const plane = openPlane();
    const alice = await callIn(plane, 'alice');
    await plane.send({ type: 'bridge', legs: ['alice', 'alice'] });
    let sequence = 0;
    const timer = setInterval(() => {
      sequence += sequence === 5 ? 3 : 1;
      alice.send(sequence);
    }, 20);
    const counts = () => plane.events.flatMap((event) => (event.type === 'counted' ? [event] : []));
    await vi.waitFor(() => expect(counts()).toHaveLength(2), { timeout: 20_000, interval: 100 });
    clearInterval(timer);
    const [first, second] = counts();
    expect(first).toMatchObject({ leg: 'alice', sequence: 1, sample: { packetsLost: 2 } });
    expect(first?.sample.packetsReceived).toBeGreaterThan(10);
    expect(first?.sample.bytesReceived).toBe(5 * (first?.sample.packetsReceived ?? 0));
    expect(first?.sample.packetsSent).toBeGreaterThan(10);
    expect(second).toMatchObject({ sequence: 2, sample: { packetsLost: 2 } });
    expect(second?.sample.remote?.packetsLost).toBe(2);
    expect(second?.sample.remote?.jitterMs).toBeGreaterThanOrEqual(0);
    expect(second?.sample.remote?.roundTripMs).toBeGreaterThanOrEqual(0);
  }, 30_000);
});

describe('two bridged legs', () => {
  test('hear each other, silence while one is held, and each other again, in one unbroken stream [MOD-3, EXT-16]', async () => {
    const plane = openPlane();
    const [alice, bob] = [await callIn(plane, 'alice'), await callIn(plane, 'bob')];
    await plane.send({ type: 'bridge', legs: ['alice', 'bob'] });
    const stops = [speak(alice, 'from alice'), speak(bob, 'from bob')];
    const hearEachOther = () =>
      vi.waitFor(() => expect([heard(alice), heard(bob)]).toEqual(['from bob', 'from alice']), 2000);
    await hearEachOther();
    for (const leg of ['alice', 'bob']) {
      await plane.send({ type: 'hold', leg, held: true });
      const silence = () => [alice, bob].map(({ received }) => received.at(-1)?.payload.length);
      await vi.waitFor(() => expect(silence()).toEqual([3, 3]), 2000);
      await plane.send({ type: 'hold', leg, held: false });
      await hearEachOther();
    }
    for (const stop of stops) stop();
    expect([missing(alice), missing(bob)]).toEqual([0, 0]);
  });

  test.each(['the same', 'another'] as const)(
    'one of which is held stay silent where its browser offers anew, from %s peer connection [MOD-3, MOD-5]',
    async (which) => {
      const plane = openPlane();
      const [alice, bob] = [await callIn(plane, 'alice'), await callIn(plane, 'bob')];
      await plane.send({ type: 'bridge', legs: ['alice', 'bob'] });
      await plane.send({ type: 'hold', leg: 'bob', held: true });
      let anew = bob;
      if (which === 'another') anew = await callIn(plane, 'bob');
      else {
        const offer = await bob.offer({ iceRestart: true });
        await bob.accept((await plane.send({ type: 'accept', leg: 'bob', call: 'call', sdp: offer })).sdp);
      }
      const stops = [speak(alice, 'from alice'), speak(anew, 'from bob')];
      const [before, beforeAnew] = [alice.received.length, anew.received.length];
      const enough = () =>
        expect(Math.min(alice.received.length - before, anew.received.length - beforeAnew)).toBeGreaterThan(
          50,
        );
      await vi.waitFor(enough, 3000);
      const lengths = [...alice.received, ...anew.received].map(({ payload }) => payload.length);
      expect(new Set(lengths)).toEqual(new Set([3]));

      await plane.send({ type: 'hold', leg: 'bob', held: false });
      await vi.waitFor(() => expect([heard(alice), heard(anew)]).toEqual(['from bob', 'from alice']), 2000);
      for (const stop of stops) stop();
    },
  );

  test('whose other leg stops sending hear silence instead of nothing [EXT-16]', async () => {
    const plane = openPlane();
    const [alice, bob] = [await callIn(plane, 'alice'), await callIn(plane, 'bob')];
    await plane.send({ type: 'bridge', legs: ['alice', 'bob'] });
    const stop = speak(bob, 'from bob');
    await vi.waitFor(() => expect(heard(alice)).toBe('from bob'), 2000);
    stop();
    await vi.waitFor(() => expect(alice.received.at(-1)?.payload.length).toBe(3), 3000);
  });

  test('one of which is closed: the other goes on with silence', async () => {
    const plane = openPlane();
    const [alice, bob] = [await callIn(plane, 'alice'), await callIn(plane, 'bob')];
    await plane.send({ type: 'bridge', legs: ['alice', 'bob'] });
    const stop = speak(bob, 'from bob');
    await vi.waitFor(() => expect(heard(alice)).toBe('from bob'), 2000);
    await plane.send({ type: 'close', leg: 'bob' });
    await vi.waitFor(() => expect(alice.received.at(-1)?.payload.length).toBe(3), 2000);
    stop();
    expect(plane.status().legs).toBe(1);
  });
});

test('a caller hears ringback through the bridge until the first packet of the callee', async () => {
  const plane = openPlane();
  const [alice, bob] = [await callIn(plane, 'alice'), await callIn(plane, 'bob')];
  await plane.send({ type: 'play', leg: 'alice', tone: 'ringback' });
  await plane.send({ type: 'bridge', legs: ['alice', 'bob'] });
  await vi.waitFor(() => expect(alice.received.at(-1)?.payload.length).toBeGreaterThan(3), 2000);
  const stop = speak(bob, 'from bob');
  await vi.waitFor(() => expect(heard(alice)).toBe('from bob'), 2000);
  stop();
  expect(missing(alice)).toBe(0);
});

test('a leg that its browser makes anew is heard in the place of the former one', async () => {
  const plane = openPlane();
  const [alice, bob] = [await callIn(plane, 'alice'), await callIn(plane, 'bob')];
  await plane.send({ type: 'bridge', legs: ['alice', 'bob'] });
  const stop = speak(bob, 'from bob');
  await vi.waitFor(() => expect(heard(alice)).toBe('from bob'), 2000);
  stop();
  const anew = await callIn(plane, 'bob');
  const stopAnew = speak(anew, 'from bob anew');
  await vi.waitFor(() => expect(heard(alice)).toBe('from bob anew'), 2000);
  stopAnew();
  expect(plane.events.filter(({ type, leg }) => type === 'connected' && leg === 'bob').length).toBe(2);
  expect(missing(alice)).toBe(0);
});

test('a leg is remade by an offer of the gateway, with another certificate', async () => {
  const plane = openPlane();
  const fingerprint = (sdp: string) => /^a=fingerprint:(.+)$/m.exec(sdp)?.[1];
  const first = await plane.send({ type: 'offer', leg: 'bob', call: 'call' });
  await plane.send({ type: 'answer', leg: 'bob', sdp: await (await browser()).answer(first.sdp) });
  await plane.send({ type: 'bridge', legs: ['bob', 'bob'] });
  const second = await plane.send({ type: 'remake', leg: 'bob', call: 'call' });
  expect(fingerprint(second.sdp)).not.toBe(fingerprint(first.sdp));
  const anew = await browser();
  await plane.send({ type: 'answer', leg: 'bob', sdp: await anew.answer(second.sdp) });
  const stop = speak(anew, 'echo');
  await vi.waitFor(() => expect(heard(anew)).toBe('echo'), 3000);
  stop();
});

test('a leg from which nothing comes is told as lost, and again after as long', async () => {
  const plane = openPlane({ silenceTimeoutMs: 200 });
  const alice = await callIn(plane, 'alice');
  await plane.send({ type: 'play', leg: 'alice', tone: 'ringback' });
  await alice.close();
  const lost = () => plane.events.filter(({ type }) => type === 'lost');
  await vi.waitFor(() => expect(lost().length).toBeGreaterThanOrEqual(2), 3000);
  expect(lost()[0]).toEqual({ type: 'lost', leg: 'alice', reason: 'timeout' });
});

test('a leg that only waits is sent nothing, and nothing is missed from it', async () => {
  const plane = openPlane({ silenceTimeoutMs: 50 });
  await plane.send({ type: 'offer', leg: 'bob', call: 'call' });
  const alice = await callIn(plane, 'alice');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(plane.events.filter(({ type }) => type === 'lost')).toEqual([]);
  expect(alice.received).toEqual([]);
});

describe('a leg with an engine at its other end', () => {
  const packetsOf = (text: string, count: number) =>
    packClip(Array.from({ length: count }, (_, index) => Buffer.from(`${text} ${String(index)}`)));
  const settings = (clip: string | null): EngineSettings => ({
    instructions: null,
    greeting: { text: null, clip },
    options: {},
    params: {},
  });
  const converse = (plane: MediaPlane, clip: string | null) =>
    plane.send({ type: 'converse', leg: 'alice', engine: 'echo', settings: settings(clip) });
  const payloads = (end: BrowserStandIn) => end.received.map(({ payload }) => payload.toString());

  test('hears its greeting packet by packet, and then what it says itself, in one unbroken stream', async () => {
    const plane = openPlane();
    const alice = await callIn(plane, 'alice');
    const stop = speak(alice, 'alice herself');
    await converse(plane, packetsOf('greeting', 20));
    await vi.waitFor(() => expect(heard(alice)).toBe('alice herself'), 3000);
    stop();
    const greeting = payloads(alice).filter((payload) => payload.startsWith('greeting'));
    expect(greeting).toEqual(Array.from({ length: 20 }, (_, index) => `greeting ${String(index)}`));
    const [first, last] = [0, 19].map((index) => alice.received[index]?.header.timestamp ?? 0);
    expect(((last ?? 0) - (first ?? 0)) % 0x1_0000_0000).toBe(19 * 960);
    expect(missing(alice)).toBe(0);
  });

  test('that presses a key hears no more of the greeting', async () => {
    const plane = openPlane();
    const alice = await callIn(plane, 'alice');
    await converse(plane, packetsOf('greeting', 500));
    await vi.waitFor(() => expect(heard(alice)).toMatch(/^greeting/), 2000);
    await plane.send({ type: 'tell', leg: 'alice', input: { type: 'dtmf', digits: '5' } });
    await vi.waitFor(() => expect(alice.received.at(-1)?.payload.length).toBe(3), 2000);
  });

  test('that is held hears silence, and afterwards the rest of the greeting', async () => {
    const plane = openPlane();
    const alice = await callIn(plane, 'alice');
    await converse(plane, packetsOf('greeting', 100));
    await vi.waitFor(() => expect(heard(alice)).toMatch(/^greeting/), 2000);
    await plane.send({ type: 'hold', leg: 'alice', held: true });
    await vi.waitFor(() => expect(alice.received.at(-1)?.payload.length).toBe(3), 2000);
    await plane.send({ type: 'hold', leg: 'alice', held: false });
    await vi.waitFor(() => expect(payloads(alice)).toContain('greeting 99'), 4000);
    const greeting = payloads(alice).filter((payload) => payload.startsWith('greeting'));
    expect(greeting.length).toBe(100);
  });

  test('tells what the engine tells, and takes what it is told', async () => {
    const plane = openPlane();
    await callIn(plane, 'alice');
    await converse(plane, null);
    const content = [{ type: 'input_text', text: 'Hello' }] as const;
    await plane.send({ type: 'tell', leg: 'alice', input: { type: 'message', content } });
    await vi.waitFor(() =>
      expect(plane.events).toContainEqual({
        type: 'engine',
        leg: 'alice',
        output: { type: 'said', text: 'Hello' },
      }),
    );
  });

  test('that is bridged to somebody else has no engine any more', async () => {
    const plane = openPlane();
    await callIn(plane, 'alice');
    await converse(plane, null);
    await plane.send({ type: 'bridge', legs: ['alice', 'alice'] });
    const input = { type: 'interrupt' } as const;
    await expect(plane.send({ type: 'tell', leg: 'alice', input })).rejects.toMatchObject({
      failure: 'wrong-state',
    });
  });
});

describe('a command is refused', () => {
  test('with a sentence and a reason, where it does not fit', async () => {
    const plane = openPlane();
    const refusal = (failure: string): unknown => expect.objectContaining({ name: 'MediaError', failure });
    const end = await browser();
    await expect(plane.send({ type: 'accept', leg: 'a', call: 'c', sdp: 'hello' })).rejects.toEqual(
      refusal('bad-sdp'),
    );
    expect(plane.status().legs).toBe(0);
    await expect(plane.send({ type: 'hold', leg: 'a', held: true })).rejects.toEqual(refusal('no-such-leg'));
    await plane.send({ type: 'offer', leg: 'a', call: 'c' });
    await expect(plane.send({ type: 'offer', leg: 'a', call: 'c' })).rejects.toEqual(refusal('wrong-state'));
    await expect(plane.send({ type: 'answer', leg: 'a', sdp: 'v=0' })).rejects.toEqual(refusal('bad-sdp'));
    await plane.send({ type: 'accept', leg: 'b', call: 'c', sdp: await end.offer() });
    await expect(plane.send({ type: 'answer', leg: 'b', sdp: await end.offer() })).rejects.toEqual(
      refusal('wrong-state'),
    );
    await plane.send({ type: 'close', leg: 'nobody' });
    await plane.close();
    await expect(plane.send({ type: 'close', leg: 'a' })).rejects.toEqual(refusal('closed'));
  });

  test('as full where no port is left for a second leg, and not for ever', async () => {
    const plane = openPlane({ portRange: [42_710, 42_712] });
    await plane.send({ type: 'offer', leg: 'a', call: '1' });
    await plane.send({ type: 'offer', leg: 'b', call: '1' });
    await expect(plane.send({ type: 'offer', leg: 'c', call: '2' })).rejects.toMatchObject({
      failure: 'full',
    });
    await plane.send({ type: 'close', leg: 'a' });
    await plane.send({ type: 'close', leg: 'b' });
    await expect(plane.send({ type: 'offer', leg: 'c', call: '2' })).resolves.toHaveProperty('sdp');
  });

  test('at once where the settings cannot work', () => {
    expect(() => openPlane({ addresses: [] })).toThrow(/needs an address/);
    expect(() => openPlane({ portRange: [40_000, 40_002], workers: 2 })).toThrow(/range is too small/);
  });
});

test('a candidate that is no candidate is passed over', async () => {
  const plane = openPlane();
  await plane.send({ type: 'offer', leg: 'a', call: 'c' });
  for (const candidate of ['', 'candidate:1 1 udp 1 0f3c.local 6 typ host', 'rubbish'])
    await expect(plane.send({ type: 'candidate', leg: 'a', candidate })).resolves.toBeUndefined();
});

test('commands for a leg are carried out in the order given, those for others beside them', async () => {
  const plane = openPlane();
  const results: string[] = [];
  const note = (name: string) => () => results.push(name);
  const end = await browser();
  const offer = await end.offer();
  await Promise.all([
    plane.send({ type: 'accept', leg: 'a', call: 'c', sdp: offer }).then(note('accept')),
    plane.send({ type: 'bridge', legs: ['a', 'a'] }).then(note('bridge')),
    plane.send({ type: 'hold', leg: 'a', held: true }).then(note('hold')),
    plane.send({ type: 'close', leg: 'a' }).then(note('close')),
  ]);
  expect(results).toEqual(['accept', 'bridge', 'hold', 'close']);
});

describe('a worker that dies', () => {
  interface ScriptedWorker extends MediaWorkerChannel {
    sent: ToMediaWorker[];
    tell(message: FromMediaWorker): void;
    die(): void;
  }

  function scripted(): ScriptedWorker {
    const sent: ToMediaWorker[] = [];
    const listeners: ((message: FromMediaWorker) => void)[] = [];
    const exits: ((reason: string) => void)[] = [];
    const die = () => {
      for (const exit of exits.splice(0)) exit('SIGKILL');
    };
    return {
      sent,
      send: (message) => {
        sent.push(message);
        if (message.type === 'close') die();
      },
      onMessage: (listener) => listeners.push(listener),
      onExit: (listener) => exits.push(listener),
      kill: die,
      tell: (message) => {
        for (const listener of listeners) listener(message);
      },
      die,
    };
  }

  function openScripted() {
    const workers: ScriptedWorker[] = [];
    const timers: { dueIn: number; run: () => void }[] = [];
    let now = 0;
    const plane = createEmbeddedMediaPlane(LOOPBACK, {
      forkWorker: () => {
        const worker = scripted();
        workers.push(worker);
        return worker;
      },
      clock: {
        now: () => now,
        monotonic: () => now,
        after: (dueIn, run) => {
          const timer = { dueIn, run };
          timers.push(timer);
          return () => {
            timers.splice(timers.indexOf(timer), 1);
          };
        },
      },
      log,
    });
    const events: MediaEvent[] = [];
    plane.onEvent((event) => events.push(event));
    const latest = () => {
      const worker = workers.at(-1);
      if (worker === undefined) throw new Error('No worker was started.');
      return worker;
    };
    const advance = (ms: number) => {
      now += ms;
    };
    return { plane, workers, timers, events, latest, advance };
  }

  test('loses its legs and their commands, and another takes its place at once', async () => {
    const { plane, workers, events, latest, advance } = openScripted();
    latest().tell({ type: 'ready' });
    const made = plane.send({ type: 'offer', leg: 'a', call: 'c' });
    latest().tell({ type: 'result', id: 1, result: { sdp: 'v=0' } });
    await made;
    const pending = plane.send({ type: 'candidate', leg: 'a', candidate: 'x' });
    advance(60_000);
    latest().die();
    await expect(pending).rejects.toMatchObject({ failure: 'worker-lost' });
    expect(events).toEqual([{ type: 'lost', leg: 'a', reason: 'worker' }]);
    expect(workers.length).toBe(2);
    await expect(plane.send({ type: 'hold', leg: 'a', held: true })).rejects.toMatchObject({
      failure: 'no-such-leg',
    });
    const remade = plane.send({ type: 'remake', leg: 'a', call: 'c' });
    latest().tell({ type: 'result', id: 3, result: { sdp: 'v=0 again' } });
    await expect(remade).resolves.toEqual({ sdp: 'v=0 again' });
    await plane.close();
  });

  test('because it was told to, takes the legs of its own along, and no other worker is touched', async () => {
    const { plane, workers, events, latest } = openScripted();
    latest().tell({ type: 'ready' });
    const made = plane.send({ type: 'offer', leg: 'a', call: 'c' });
    latest().tell({ type: 'result', id: 1, result: { sdp: 'v=0' } });
    await made;
    expect(plane.killWorkerOf?.('nobody')).toBe(false);
    expect(workers).toHaveLength(1);
    expect(plane.killWorkerOf?.('a')).toBe(true);
    expect(events).toEqual([{ type: 'lost', leg: 'a', reason: 'worker' }]);
    expect(workers).toHaveLength(2);
    await plane.close();
  });

  test('is killed where it does not answer, before a client has waited for 10 seconds [PING-3]', async () => {
    const { plane, workers, timers } = openScripted();
    const stuck = plane.send({ type: 'offer', leg: 'a', call: 'c' });
    expect(timers.map(({ dueIn }) => dueIn)).toEqual([8000]);
    timers[0]?.run();
    await expect(stuck).rejects.toMatchObject({ failure: 'worker-lost' });
    expect(timers).toEqual([]);
    expect(workers.length).toBe(2);
    await plane.close();
  });

  test('again and again is started later and later, and meanwhile nothing is taken', async () => {
    const { plane, workers, timers, latest } = openScripted();
    const delays: number[] = [];
    latest().die();
    for (let death = 0; death < 10; death += 1) {
      latest().die();
      await expect(plane.send({ type: 'offer', leg: 'a', call: 'c' })).rejects.toMatchObject({
        failure: 'worker-lost',
      });
      const timer = timers.shift();
      delays.push(timer?.dueIn ?? 0);
      timer?.run();
    }
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
    expect(workers.length).toBe(12);
    await plane.close();
  });
});
