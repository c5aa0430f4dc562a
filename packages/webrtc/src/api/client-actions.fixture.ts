import { fakeSdp } from '@parley/testkit';
import fc from 'fast-check';
import { expect } from 'vitest';

import { callIdOf, resultOf, World } from './client-world.fixture.ts';

export type Action = fc.AsyncCommand<object, World>;

/**
 * Something that happens; then the browser may work on, and everything is looked at. It is told as it is written, so
 * that what has failed can be kept as it was told.
 */
function action(name: string, args: readonly unknown[], run: (world: World) => Promise<void> | void): Action {
  return {
    check: () => true,
    run: async (_model, world) => {
      await run(world);
      await world.settle();
      world.check();
    },
    toString: () => `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`,
  };
}

export const dial = (): Action =>
  action('dial', [], ({ alice, hungUp }) => {
    const call = alice.client.newCall({ destinationNumber: 'bob' });
    expect(hungUp.has(call.id)).toBe(false);
  });

export const answer = (which: number): Action =>
  action('answer', [which], (world) => {
    const call = world.call(which);
    if (call) world.follow('answer', call.answer());
  });

export const hangUp = (which: number): Action =>
  action('hangUp', [which], (world) => {
    const call = world.call(which);
    if (!call) return;
    world.hungUp.add(call.id);
    world.follow('hangup', call.hangup());
  });

export const hold = (which: number, held: boolean): Action =>
  action('hold', [which, held], (world) => {
    const call = world.call(which);
    if (call) world.follow('hold', held ? call.hold() : call.unhold());
  });

export const connect = (): Action =>
  action('connect', [], (world) => {
    world.follow('connect', world.alice.client.connect());
  });

export const logIn = (): Action =>
  action('logIn', [], (world) => {
    world.follow('login', world.alice.client.login());
  });

/** A call that is answered, unless something is in its way. */
export const talk = (direction: 'inbound' | 'outbound'): Action =>
  action('talk', [direction], (world) => world.talk(direction));

/** The browser takes up to so many steps of what it was asked for. */
export const browserWorks = (steps: number): Action =>
  action('browserWorks', [steps], async ({ scheduler }) => {
    if (scheduler.count() > 0) await scheduler.waitNext(Math.min(steps, scheduler.count()));
  });

export const page = (happening: 'online' | 'offline' | 'resume' | 'visibilitychange' | 'pageshow'): Action =>
  action('page', [happening], ({ alice }) => {
    alice.page(happening);
  });

export const pass = (ms: number): Action => action('pass', [ms], (world) => world.pass(ms));

export const sleep = (): Action =>
  action('sleep', [], ({ alice }) => {
    alice.clock.jump(60_000);
    alice.page('resume');
  });

export const mediaIs = (state: 'connected' | 'disconnected' | 'failed'): Action =>
  action('mediaIs', [state], ({ alice }) => {
    for (const peer of alice.media.openPeers) peer.become(state);
  });

export const mediaFlows = (hears: boolean): Action =>
  action('mediaFlows', [hears], ({ alice }) => {
    for (const peer of alice.media.openPeers) peer.hears = hears;
  });

export const socketCloses = (code: number): Action =>
  action('socketCloses', [code], ({ gateway }) => {
    gateway.cut(code);
  });

export const serverIsReachable = (reachable: boolean): Action =>
  action('serverIsReachable', [reachable], ({ gateway }) => {
    gateway.reachable = reachable;
  });

/** Sockets do not open. */
export const serverHangs = (hangs: boolean): Action =>
  action('serverHangs', [hangs], ({ gateway }) => {
    gateway.hangs = hangs;
  });

export const serverIsKind = (): Action => action('serverIsKind', [], (world) => world.beKind());

export const serverAnswers = (which: number, willAgain: boolean): Action =>
  action('serverAnswers', [which, willAgain], (world) => {
    const at = which % Math.max(1, world.requests.length);
    const request = world.requests[at];
    if (!request) return;
    if (!willAgain) world.requests.splice(at, 1);
    world.gateway.answer(request, resultOf(request));
    world.hears();
  });

/** The newest request of that kind. */
export const serverAnswersTo = (method: string): Action =>
  action('serverAnswersTo', [method], (world) => {
    const at = world.requests.findLastIndex((request) => request.method === method);
    for (const request of at < 0 ? [] : world.requests.splice(at, 1)) {
      world.gateway.answer(request, resultOf(request));
      world.hears();
    }
  });

export const serverRefuses = (which: number, code: number): Action =>
  action('serverRefuses', [which, code], (world) => {
    const [request] = world.requests.splice(which % Math.max(1, world.requests.length), 1);
    if (!request) return;
    if (request.method === 'telnyx_rtc.invite') world.endedThere.add(callIdOf(request));
    world.refused.add(request);
    world.gateway.refuse(request, code, 'No');
    world.hears();
  });

const PUSHES = {
  invite: (_world, callID) => ({ callID, sdp: fakeSdp('offer'), caller_id_number: 'bob' }),
  ringing: (_world, callID) => ({ callID }),
  media: (_world, callID) => ({ callID, sdp: fakeSdp('answer') }),
  answer: (_world, callID) => ({ callID, sdp: fakeSdp('answer') }),
  attach: ({ strangers }, callID) => ({
    callID,
    sdp: fakeSdp('offer'),
    ...(strangers % 2 ? { parley: { epoch: strangers } } : {}),
  }),
  bye: ({ endedThere, gateway, toldEnded }, callID) => {
    endedThere.add(callID);
    if (gateway.connected) toldEnded.add(callID);
    return { callID, cause: 'NORMAL_CLEARING', causeCode: 16 };
  },
  ping: () => ({}),
} as const satisfies Record<string, (world: World, callID: string) => object>;

export type Pushed = keyof typeof PUSHES;

/** @param which of the calls that the server may name, see `World.id` */
export const serverSays = (what: Pushed, which: number): Action =>
  action('serverSays', [what, which], (world) => {
    world.gateway.push(`telnyx_rtc.${what}`, PUSHES[what](world, world.id(which)));
    world.hears();
  });

/** The newest offer of another leg comes once more. */
export const serverOffersAgain = (): Action =>
  action('serverOffersAgain', [], (world) => {
    const offer = world.gateway.sent.findLast(({ method }) => method === 'telnyx_rtc.attach');
    if (!offer) return;
    world.gateway.push('telnyx_rtc.attach', offer.params);
    world.hears();
  });

/** `telnyx_rtc.clientReady`, which names the calls that have survived. */
export const serverHas = (which: number | 'all'): Action =>
  action('serverHas', [which], (world) => {
    const ids = which === 'all' ? world.calls.map(({ id }) => id) : [world.id(which)];
    world.gateway.push('telnyx_rtc.clientReady', { reattached_sessions: ids });
    world.hears();
  });

/** Signs in, does one thing after the other, and comes to an end. */
export async function live(scheduler: fc.Scheduler, actions: Iterable<Action>): Promise<void> {
  const world = new World(scheduler);
  await world.alice.client.connect();
  await world.settle();
  await world.beKind();
  await fc.asyncModelRun(() => ({ model: {}, real: world }), actions);
  await world.end();
}
