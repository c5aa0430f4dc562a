import { isRecord } from '@parley/protocol';
import { fakeSdp, ScriptedGateway, type WireFrame } from '@parley/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';

/**
 * A client against a person, a browser, a network and a server that each do what they like, in any order: answers
 * come late, twice, on another socket or never; messages name calls that have ended or never were. What must hold
 * whatever happens (I1 to I7) is checked after every step.
 */

/** I6. The graph of public states; `purge` and `recovering` can come before any end. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  new: ['requesting', 'ringing', 'trying', 'recovering', 'purge', 'hangup'],
  requesting: ['trying', 'early', 'active', 'recovering', 'purge', 'hangup'],
  trying: ['early', 'active', 'recovering', 'purge', 'hangup'],
  early: ['active', 'recovering', 'purge', 'hangup'],
  ringing: ['answering', 'purge', 'hangup'],
  answering: ['active', 'recovering', 'purge', 'hangup'],
  active: ['held', 'recovering', 'purge', 'hangup'],
  held: ['active', 'recovering', 'purge', 'hangup'],
  recovering: ['active', 'held', 'purge', 'hangup'],
  purge: ['hangup'],
  hangup: ['destroy'],
  destroy: [],
};

const REQUESTS = [
  'login',
  'parley.remake',
  ...['invite', 'answer', 'attach', 'bye', 'modify', 'ping', 'gatewayState'].map(
    (name) => `telnyx_rtc.${name}`,
  ),
];

/** I3. Until when promises settle that wait for nothing but the server. */
const PATIENCE_MS = new Map([
  ['hold', 15_000],
  ['hangup', 5_000],
  ['login', 10_000],
]);

class World {
  readonly gateway = new ScriptedGateway();
  readonly alice: Alice;
  readonly scheduler: fc.Scheduler;
  /** Requests that the server has not answered, or may answer again. */
  readonly requests: WireFrame[] = [];
  readonly promises: { settled: boolean; readonly what: string; readonly dueAt: number }[] = [];
  /** For how long time has passed; a sleep is none. */
  awakeMs = 0;
  readonly hungUp = new Set<string>();
  /** Calls that the server has ended, or has not taken. */
  readonly endedThere = new Set<string | undefined>();
  readonly calls: Call[] = [];
  /** Ids of calls of which nothing is known here. */
  strangers = 0;
  heardAt = 0;

  constructor(scheduler: fc.Scheduler) {
    this.scheduler = scheduler;
    for (const method of REQUESTS) {
      this.gateway.on(method, (request) => this.requests.push(request));
    }
    this.alice = new Alice(this.gateway);
    this.alice.media.beforeStep = (step) => this.scheduler.schedule(Promise.resolve(), step);
    this.alice.media.element('remote');
    this.alice.client.remoteElement = 'remote';
    this.alice.client.on('telnyx.notification', ({ call }) => {
      if (call && !this.calls.includes(call)) this.calls.push(call);
    });
    this.alice.client.on('telnyx.socket.message', () => this.hears());
  }

  hears(): void {
    this.heardAt = this.alice.clock.now();
  }

  follow(what: string, promise: Promise<unknown>): void {
    const entry = { settled: false, what, dueAt: this.awakeMs + (PATIENCE_MS.get(what) ?? Infinity) };
    this.promises.push(entry);
    const done = (): void => {
      entry.settled = true;
    };
    promise.then(done, done);
  }

  call(index: number): Call | undefined {
    return this.calls[index % Math.max(1, this.calls.length)];
  }

  /** An id that the server may name: of a call that lives, has ended, or never was. */
  id(index: number): string {
    const ids = [...this.calls.map(({ id }) => id), `stranger-${this.strangers++}`];
    return ids[index % ids.length] ?? '';
  }

  async pass(ms: number): Promise<void> {
    await this.alice.clock.advance(ms);
    this.awakeMs += ms;
  }

  /** I1 to I4, I6 and I7, as far as they can be seen now. */
  check(): void {
    const { alice } = this;
    for (const { id } of this.calls) {
      const states = alice.statesOf({ id });
      states.slice(1).forEach((state, index) => {
        const before = states[index] ?? '';
        expect(state === before || NEXT[before]?.includes(state), `${before} → ${state}`).toBe(true);
      });
      expect(states.filter((state) => state === 'destroy').length, 'terminal events').toBeLessThanOrEqual(1);
    }
    const live = this.calls.filter(({ state }) => !['purge', 'hangup', 'destroy'].includes(state));
    expect(alice.media.liveTracks.length, 'live microphones').toBeLessThanOrEqual(live.length);
    expect(
      live.filter(({ id }) => this.hungUp.has(id)),
      'calls that revived',
    ).toEqual([]);
    const ids = Object.keys(alice.client.calls);
    expect(new Set(ids).size).toBe(ids.length);
    expect(this.alice.console.filter((line) => line.includes('threw'))).toEqual([]);
    const late = this.promises.filter(({ settled, dueAt }) => !settled && dueAt < this.awakeMs);
    expect(late, 'promises that wait for too long').toEqual([]);
    // The question after 11 s has 3 s for its answer.
    const silentMs = alice.clock.now() - this.heardAt;
    if (alice.connections.at(-1)?.state === 'connected') expect(silentMs).toBeLessThanOrEqual(15_000);
  }

  /** Every request is answered as it should be, and so are those that follow. */
  async beKind(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) {
      for (const request of this.requests.splice(0)) {
        this.gateway.answer(request, resultOf(request));
        if (request.method === 'login') this.gateway.push('telnyx_rtc.clientReady', {});
      }
      this.hears();
      await this.settle();
    }
  }

  /** The browser does what it was asked for, and the server what it should. */
  async goWell(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      await this.scheduler.waitIdle();
      await this.beKind();
    }
  }

  /** A call that is answered, unless something is in its way. */
  async talk(direction: string): Promise<void> {
    const { alice, gateway } = this;
    if (direction === 'outbound') {
      const { id } = alice.client.newCall({ destinationNumber: 'bob' });
      await this.goWell();
      gateway.push('telnyx_rtc.answer', { callID: id, sdp: fakeSdp('answer') });
    } else {
      gateway.invite(`inbound-${this.strangers++}`);
      await this.settle();
      const call = this.calls.at(-1);
      if (call) this.follow('answer', call.answer());
    }
    this.hears();
    await this.goWell();
  }

  /** The browser and the event loop have nothing left to do. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** I2, seen from a server that can be reached again: what the person ended was told, unless it has ended there. */
  async hearOfEnds(): Promise<void> {
    const { alice, gateway } = this;
    gateway.reachable = true;
    gateway.hangs = false;
    for (let round = 0; round < 10 && this.unheard.length > 0; round++) {
      await this.pass(3_000);
      await this.goWell();
    }
    // Who gives up a session lets the server end its calls.
    if (alice.connections.every(({ state }) => state !== 'disconnected')) expect(this.unheard).toEqual([]);
  }

  /** Calls that the person has hung up, and the server does not know it. */
  get unheard(): string[] {
    const { gateway } = this;
    const bye = new Set(gateway.requests('telnyx_rtc.bye').map(callIdOf));
    const logins = gateway.requests('login').map(({ params }) => JSON.stringify(params['parley']));
    const known = new Set(
      ['invite', 'answer', 'attach'].flatMap((name) => gateway.requests(`telnyx_rtc.${name}`).map(callIdOf)),
    );
    return [...this.hungUp].filter(
      (id) =>
        known.has(id) &&
        !bye.has(id) &&
        !this.endedThere.has(id) &&
        !logins.some((text) => text.includes(id)),
    );
  }

  /** I3, and I1 for all that is left. */
  async end(): Promise<void> {
    await this.hearOfEnds();
    this.follow('disconnect', this.alice.client.disconnect());
    for (let round = 0; round < 3; round++) {
      await this.scheduler.waitIdle();
      await this.alice.clock.advance(25_000);
    }
    await this.scheduler.waitIdle();
    await this.settle();
    expect(this.promises.filter(({ settled }) => !settled)).toEqual([]);
    expect(this.alice.leftovers).toEqual(NOTHING_LEFT);
    for (const { id } of this.calls) expect(this.alice.statesOf({ id }).at(-1)).toBe('destroy');
  }
}

type Action = fc.AsyncCommand<object, World>;

/** Something that happens; then the browser may work on, and everything is looked at. */
function action(name: string, run: (world: World) => Promise<void> | void): Action {
  return {
    check: () => true,
    run: async (_model, world) => {
      await run(world);
      await world.settle();
      world.check();
    },
    toString: () => name,
  };
}

const index = fc.nat(7);

const person: fc.Arbitrary<Action>[] = [
  fc.constant(
    action('dial', ({ alice, hungUp }) => {
      const call = alice.client.newCall({ destinationNumber: 'bob' });
      expect(hungUp.has(call.id)).toBe(false);
    }),
  ),
  index.map((which) =>
    action(`answer ${which}`, (world) => {
      const call = world.call(which);
      if (call) world.follow('answer', call.answer());
    }),
  ),
  index.map((which) =>
    action(`hang up ${which}`, (world) => {
      const call = world.call(which);
      if (!call) return;
      world.hungUp.add(call.id);
      world.follow('hangup', call.hangup());
    }),
  ),
  fc.tuple(index, fc.boolean()).map(([which, held]) =>
    action(`${held ? '' : 'un'}hold ${which}`, (world) => {
      const call = world.call(which);
      if (call) world.follow('hold', held ? call.hold() : call.unhold());
    }),
  ),
  fc.constant(
    action('connect', (world) => {
      world.follow('connect', world.alice.client.connect());
    }),
  ),
  fc.constant(
    action('log in', (world) => {
      world.follow('login', world.alice.client.login());
    }),
  ),
];

const browserWorks = fc.integer({ min: 1, max: 6 }).map((steps) =>
  action(`the browser takes ${steps} steps`, async ({ scheduler }) => {
    if (scheduler.count() > 0) await scheduler.waitNext(Math.min(steps, scheduler.count()));
  }),
);

const talks = fc
  .constantFrom('outbound', 'inbound')
  .map((direction) => action(`an ${direction} call is made and answered`, (world) => world.talk(direction)));

const page: fc.Arbitrary<Action>[] = [
  fc.constantFrom('online', 'offline', 'resume', 'visibilitychange', 'pageshow').map((happening) =>
    action(happening, ({ alice }) => {
      alice.page(happening);
    }),
  ),
  ...Array.from({ length: 4 }, () => browserWorks),
  fc
    .constantFrom(50, 1_000, 3_000, 6_000, 12_000, 25_000)
    .map((ms) => action(`${ms} ms pass`, (world) => world.pass(ms))),
  fc.constant(
    action('asleep', ({ alice }) => {
      alice.clock.jump(60_000);
      alice.page('resume');
    }),
  ),
];

const network: fc.Arbitrary<Action>[] = [
  fc.constantFrom('connected', 'connected', 'disconnected', 'failed').map((state) =>
    action(`media ${state}`, ({ alice }) => {
      for (const peer of alice.media.openPeers) peer.become(state);
    }),
  ),
  fc.boolean().map((hears) =>
    action(hears ? 'media flows' : 'media does not flow', ({ alice }) => {
      for (const peer of alice.media.openPeers) peer.hears = hears;
    }),
  ),
  fc.constantFrom(1006, 1000, 1012, 4401).map((code) =>
    action(`closed with ${code}`, ({ gateway }) => {
      gateway.cut(code);
    }),
  ),
  fc.boolean().map((reachable) =>
    action(reachable ? 'reachable' : 'out of reach', ({ gateway }) => {
      gateway.reachable = reachable;
    }),
  ),
  fc.boolean().map((hangs) =>
    action(hangs ? 'hangs' : 'does not hang', ({ gateway }) => {
      gateway.hangs = hangs;
    }),
  ),
];

function callIdOf({ params }: WireFrame): string | undefined {
  const { dialogParams } = params;
  const id = isRecord(dialogParams) ? dialogParams['callID'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** What answers a request as it should. */
function resultOf({ method, params }: WireFrame): object {
  if (method === 'login') return { message: 'logged in', sessid: 'S', parley: { granted: ['recovery'] } };
  if (method === 'telnyx_rtc.gatewayState') return { params: { state: 'REGED' } };
  return { message: 'ok', action: params['action'], holdState: 'held', sdp: fakeSdp('answer') };
}

const kindness = fc.constant(action('the server is kind', (world) => world.beKind()));

const push = (what: string, params: (world: World, id: string) => object): fc.Arbitrary<Action> =>
  index.map((which) =>
    action(`${what} for ${which}`, (world) => {
      world.gateway.push(`telnyx_rtc.${what}`, params(world, world.id(which)));
      world.hears();
    }),
  );

const server: fc.Arbitrary<Action>[] = [
  talks,
  talks,
  talks,
  kindness,
  kindness,
  kindness,
  kindness,
  fc.tuple(index, fc.boolean()).map(([which, again]) =>
    action(`answers request ${which}${again ? ', and will again' : ''}`, (world) => {
      const at = which % Math.max(1, world.requests.length);
      const request = world.requests[at];
      if (!request) return;
      if (!again) world.requests.splice(at, 1);
      world.gateway.answer(request, resultOf(request));
      world.hears();
    }),
  ),
  fc.tuple(index, fc.constantFrom(-32_000, -32_001, -32_603)).map(([which, code]) =>
    action(`refuses request ${which} with ${code}`, (world) => {
      const [request] = world.requests.splice(which % Math.max(1, world.requests.length), 1);
      if (!request) return;
      if (request.method === 'telnyx_rtc.invite') world.endedThere.add(callIdOf(request));
      world.gateway.refuse(request, code, 'No');
      world.hears();
    }),
  ),
  push('invite', (_world, callID) => ({ callID, sdp: fakeSdp('offer'), caller_id_number: 'bob' })),
  push('ringing', (_world, callID) => ({ callID })),
  push('media', (_world, callID) => ({ callID, sdp: fakeSdp('answer') })),
  push('answer', (_world, callID) => ({ callID, sdp: fakeSdp('answer') })),
  push('attach', (world, callID) => ({
    callID,
    sdp: fakeSdp('offer'),
    ...(world.strangers % 2 ? { parley: { epoch: world.strangers } } : {}),
  })),
  push('bye', ({ endedThere }, callID) => {
    endedThere.add(callID);
    return { callID, cause: 'NORMAL_CLEARING', causeCode: 16 };
  }),
  push('ping', () => ({})),
  fc.tuple(index, fc.boolean()).map(([which, all]) =>
    action(all ? 'clientReady for all' : `clientReady for ${which}`, (world) => {
      const ids = all ? world.calls.map(({ id }) => id) : [world.id(which)];
      world.gateway.push('telnyx_rtc.clientReady', { reattached_sessions: ids });
      world.hears();
    }),
  ),
];

const actions = fc.commands([...person, ...page, ...network, ...server], { maxCommands: 30, size: 'max' });

/** What has failed once. */
const REGRESSIONS: { seed: number; path: string }[] = [];

async function live(scheduler: fc.Scheduler, commands: Iterable<Action>): Promise<void> {
  const world = new World(scheduler);
  await world.alice.client.connect();
  await world.settle();
  await world.beKind();
  await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
  await world.end();
}

const RUNS = 10_000;
const PARTS = 10;

describe('a client, whatever person, browser, network and server do', () => {
  it.each(Array.from({ length: PARTS }, (_, part) => part + 1))(
    `keeps its promises (%i of ${PARTS})`,
    async () => {
      await fc.assert(fc.asyncProperty(fc.scheduler(), actions, live), { numRuns: RUNS / PARTS });
    },
    300_000,
  );

  it.each(REGRESSIONS)('keeps those that it once broke: $seed', async (each) => {
    await fc.assert(fc.asyncProperty(fc.scheduler(), actions, live), each);
  });
});
