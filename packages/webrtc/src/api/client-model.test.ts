import fc from 'fast-check';
import { describe, it } from 'vitest';

import {
  answer,
  browserWorks,
  connect,
  dial,
  hangUp,
  hold,
  live,
  logIn,
  mediaFlows,
  mediaIs,
  page,
  pass,
  serverAnswers,
  serverHangs,
  serverHas,
  serverIsKind,
  serverIsReachable,
  serverOffersAgain,
  serverRefuses,
  serverSays,
  sleep,
  socketCloses,
  talk,
  type Action,
  type Pushed,
} from './client-actions.fixture.ts';

const { boolean, constant, constantFrom, tuple } = fc;
const which = fc.nat(7);
const several = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

const person: fc.Arbitrary<Action>[] = [
  constant(dial()),
  which.map(answer),
  which.map(hangUp),
  tuple(which, boolean()).map((args) => hold(...args)),
  constant(connect()),
  constant(logIn()),
];

const browser: fc.Arbitrary<Action>[] = [
  constantFrom('online', 'offline', 'resume', 'visibilitychange', 'pageshow').map(page),
  ...several(4, fc.integer({ min: 1, max: 6 }).map(browserWorks)),
  constantFrom(50, 1_000, 3_000, 6_000, 12_000, 25_000).map(pass),
  constant(sleep()),
];

const network: fc.Arbitrary<Action>[] = [
  constantFrom('connected', 'connected', 'disconnected', 'failed').map(mediaIs),
  boolean().map(mediaFlows),
  constantFrom(1006, 1000, 1012, 4401).map(socketCloses),
  boolean().map(serverIsReachable),
  boolean().map(serverHangs),
];

const pushes: Pushed[] = ['invite', 'ringing', 'media', 'answer', 'attach', 'bye', 'ping'];

const server: fc.Arbitrary<Action>[] = [
  ...several(3, constantFrom('outbound', 'inbound').map(talk)),
  ...several(4, constant(serverIsKind())),
  tuple(which, boolean()).map((args) => serverAnswers(...args)),
  tuple(which, constantFrom(-32_000, -32_001, -32_603)).map((args) => serverRefuses(...args)),
  ...pushes.map((what) => which.map((call) => serverSays(what, call))),
  constant(serverOffersAgain()),
  fc.oneof(which, constant('all' as const)).map(serverHas),
];

const actions = fc.commands([...person, ...browser, ...network, ...server], { maxCommands: 30, size: 'max' });

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
});
