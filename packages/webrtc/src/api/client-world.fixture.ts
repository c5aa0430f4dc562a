import { isRecord } from '@parley/protocol';
import { fakeSdp, ScriptedGateway, type WireFrame } from '@parley/testkit';
import type fc from 'fast-check';
import { expect } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';

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

/**
 * A client, and a person, a browser, a network and a server that each do what they like, in any order: answers come
 * late, twice, on another socket or never; messages name calls that have ended or never were. What must hold whatever
 * happens (I1 to I7) is checked after every step.
 */
export class World {
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
  /** Calls whose end the server has told here. */
  readonly toldEnded = new Set<string>();
  readonly refused = new Set<WireFrame>();
  /** What went out of calls that the person had hung up. */
  readonly belated: string[] = [];
  readonly calls: Call[] = [];
  /** Ids of calls of which nothing is known here. */
  strangers = 0;
  heardAt = 0;

  constructor(scheduler: fc.Scheduler) {
    this.scheduler = scheduler;
    for (const method of REQUESTS) {
      this.gateway.on(method, (request) => {
        this.requests.push(request);
        const begins = /\.(invite|answer|attach)$/.test(method);
        if (begins && this.hungUp.has(callIdOf(request) ?? '')) this.belated.push(method);
      });
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

  /** An id that the server may name: of a call that lives, has ended, or never was, be it named for the second time. */
  id(index: number): string {
    const strangers = [`stranger-${this.strangers - 1}`, `stranger-${this.strangers++}`];
    const ids = [...this.calls.map(({ id }) => id), ...strangers];
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
    expect(
      live.filter(({ id }) => this.toldEnded.has(id)),
      'calls that the server has ended',
    ).toEqual([]);
    if (alice.client.core().session.state.name === 'idle')
      expect(live, 'calls without a session').toEqual([]);
    expect(this.belated, 'requests of calls that were hung up').toEqual([]);
    const answered = this.answeredOffers;
    expect(answered, 'offers that were answered twice').toEqual([...new Set(answered)]);
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

  /** Call and number of the offers of another leg that were answered, but for answers that the server has refused. */
  get answeredOffers(): string[] {
    return this.gateway.requests('telnyx_rtc.attach').flatMap((request) => {
      const { parley } = request.params;
      const epoch = isRecord(parley) ? parley['epoch'] : undefined;
      return typeof epoch !== 'number' || this.refused.has(request) ? [] : [`${callIdOf(request)} ${epoch}`];
    });
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
    for (const { id } of this.alice.client.getActiveCalls()) this.hungUp.add(id);
    // Where an attempt goes on that nobody answers, there may be no other in time.
    const canTell = ['ready', 'waiting'].includes(this.alice.client.core().session.state.name);
    this.follow('disconnect', this.alice.client.disconnect());
    await this.goWell();
    if (canTell) expect(this.unheard, 'calls of whose end the server does not know').toEqual([]);
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

export function callIdOf({ params }: WireFrame): string | undefined {
  const { dialogParams } = params;
  const id = isRecord(dialogParams) ? dialogParams['callID'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** What answers a request as it should. */
export function resultOf({ method, params }: WireFrame): object {
  if (method === 'login') return { message: 'logged in', sessid: 'S', parley: { granted: ['recovery'] } };
  if (method === 'telnyx_rtc.gatewayState') return { params: { state: 'REGED' } };
  return { message: 'ok', action: params['action'], holdState: 'held', sdp: fakeSdp('answer') };
}
