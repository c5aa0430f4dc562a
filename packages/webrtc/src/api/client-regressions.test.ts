import fc from 'fast-check';
import { describe, it } from 'vitest';

import {
  browserWorks,
  dial,
  hangUp,
  hold,
  live,
  pass,
  serverAnswersTo,
  serverIsKind,
  serverIsReachable,
  serverOffersAgain,
  serverRefuses,
  serverSays,
  socketCloses,
  talk,
  type Action,
} from './client-actions.fixture.ts';

/**
 * What was broken once: runs of the model, written as it tells of those that fail. The browser takes its steps in the
 * order in which it was asked for them, but for those that are named first.
 */
const RUNS: { what: string; actions: Action[]; first?: number[] }[] = [
  {
    what: 'no invite goes out of a call that was hung up while it waited for a connection',
    actions: [socketCloses(1006), pass(1_000), dial(), ...aBusyBrowser(), hangUp(0), serverIsKind()],
  },
  {
    what: 'a hold settles in time whose connection was lost before it was answered',
    actions: [
      talk('outbound'),
      hold(0, true),
      pass(3_000),
      serverSays('ping', 0),
      serverAnswersTo('telnyx_rtc.ping'),
      pass(6_000),
      socketCloses(1006),
      pass(1_000),
      ...aServerThatSignsIn(),
      pass(6_000),
    ],
  },
  {
    what: 'a hold settles in time that has waited for a connection',
    actions: [
      talk('outbound'),
      serverIsReachable(false),
      socketCloses(1006),
      hold(0, true),
      pass(6_000),
      serverIsReachable(true),
      pass(3_000),
      ...aServerThatSignsIn(),
      pass(6_000),
      pass(1_000),
    ],
  },
  {
    what: 'a call does not ring whose end has overtaken its invite',
    actions: [serverSays('bye', 1), serverSays('invite', 0)],
  },
  {
    what: 'who leaves while the client connects again leaves no call behind',
    actions: [talk('outbound'), serverIsReachable(false), socketCloses(1006), pass(50)],
  },
  {
    what: 'an offer of another leg that comes twice is answered once',
    actions: [
      talk('outbound'),
      serverSays('attach', 0),
      ...aBusyBrowser(),
      serverIsKind(),
      serverOffersAgain(),
      ...aBusyBrowser(),
    ],
  },
  {
    what: 'a call ends with a session that nothing brings back',
    actions: [
      talk('inbound'),
      socketCloses(1006),
      pass(1_000),
      serverRefuses(0, -32_001),
      ...Array.from({ length: 8 }, () => pass(25_000)),
    ],
  },
];

function aBusyBrowser(): Action[] {
  return [browserWorks(6), browserWorks(6), browserWorks(6)];
}

/** To a login and to the question for the registration, and to nothing else. */
function aServerThatSignsIn(): Action[] {
  return [serverAnswersTo('login'), serverAnswersTo('telnyx_rtc.gatewayState')];
}

/** In the order in which the browser was asked. */
const inTurn = (first: readonly number[]) => [
  ...first,
  ...Array.from({ length: 10_000 }, (_, index) => index + 1).filter((task) => !first.includes(task)),
];

describe('a client keeps a promise that it once broke', () => {
  it.each(RUNS)('$what', async ({ actions, first = [] }) => {
    await live(fc.schedulerFor(inTurn(first)), actions);
  });
});
