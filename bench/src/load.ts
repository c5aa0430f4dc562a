import { setTimeout as delay } from 'node:timers/promises';

import { type LoadCall, placeCall, takeCalls } from './load-call.ts';
import type { LoadCommand, LoadCommands } from './load-commands.ts';
import { type Phone, signIn } from './phone.ts';
import { startTalking, watchTalk } from './talk.ts';

/** Puts load on a server, from a process and on a core of its own. */
type Carried = {
  [C in LoadCommand]: (given: LoadCommands[C]['given']) => Promise<LoadCommands[C]['outcome']>;
};

const callers: Phone[] = [];
const calleeNames: string[] = [];
const up: LoadCall[] = [];
const load = { media: false, placed: 0 };

const carryOut: Carried = {
  signIn: async ({ signaling, callers: callerLogins, callees, media }) => {
    load.media = media;
    if (media) startTalking();
    for (const login of callerLogins) callers.push(await signIn(signaling, login));
    for (const login of callees) {
      takeCalls(await signIn(signaling, login), media);
      calleeNames.push(login.login);
    }
    // Makes the certificate, and compiles what will be in use.
    for (let warmUp = 0; warmUp < 3; warmUp += 1) await (await placeNext()).hangUp();
  },
  storm: async (given) => {
    const storm: LoadCommands['storm']['outcome'] = { seconds: 0, failed: 0, answered: [], heard: [] };
    const callOnce = async () => {
      try {
        const call = await placeNext();
        storm.answered.push(call.answeredMs);
        if (call.heardMs !== undefined) storm.heard.push(call.heardMs);
        await call.hangUp();
      } catch (error) {
        storm.failed += 1;
        console.error(error);
      }
    };
    const startedAt = performance.now();
    const endsAt = startedAt + given.seconds * 1000;
    if ('perSecond' in given) await paced(given.perSecond, given.seconds, callOnce);
    else await Promise.all(Array.from({ length: given.atOnce }, () => repeated(endsAt, callOnce)));
    storm.seconds = (performance.now() - startedAt) / 1000;
    return storm;
  },
  raise: async ({ calls }) => {
    let attempts = 2 * calls;
    while (up.length < calls) {
      attempts -= 1;
      if (attempts < 0) throw new Error(`Of ${2 * calls} calls only ${up.length} came up.`);
      await placeNext().then(
        (call) => up.push(call),
        (error: unknown) => {
          console.error(error);
        },
      );
    }
  },
  watch: ({ seconds }) => watchTalk(seconds),
  hangUp: async () => {
    for (const call of up.splice(0)) await call.hangUp();
  },
  rest: async ({ signaling, login, sockets }) => {
    const many = 20;
    for (let opened = 0; opened < sockets; opened += many) {
      const batch = Array.from({ length: Math.min(many, sockets - opened) }, (_, index) =>
        // A thousand sockets from one address are nothing that a gateway should have to expect.
        signIn(signaling, login, `127.0.1.${1 + Math.floor((opened + index) / 500)}`),
      );
      await Promise.all(batch);
    }
  },
};

process.on('message', ({ command, given }: { command: LoadCommand; given: never }) => {
  carryOut[command](given).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ problem: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

function placeNext(): Promise<LoadCall> {
  load.placed += 1;
  const caller = callers[load.placed % callers.length];
  const callee = calleeNames[load.placed % calleeNames.length];
  if (caller === undefined || callee === undefined) throw new Error('Nobody has signed in.');
  return placeCall(caller, callee, load.media);
}

/** Does not wait for one to end before it begins the next. */
async function paced(perSecond: number, seconds: number, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const under: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    await delay(Math.max(0, startedAt + (index * 1000) / perSecond - performance.now()));
    under.push(work());
  }
  await Promise.all(under);
}

async function repeated(until: number, work: () => Promise<void>): Promise<void> {
  while (performance.now() < until) await work();
}
