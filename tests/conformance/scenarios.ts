import { expect } from 'vitest';

import type { Ending, Line, PartyCall, Traits } from './line.ts';

/** What happens on a line; the client under test is `near`. */
export interface Scenario {
  title: string;
  play(line: Line, traits: Traits): Promise<void>;
}

const NORMAL: Ending = { cause: 'NORMAL_CLEARING', causeCode: 16 };
const REJECTED: Ending = { cause: 'USER_BUSY', causeCode: 17 };
const CANCELLED: Ending = { cause: 'ORIGINATOR_CANCEL', causeCode: 487 };
const UNKNOWN: Ending = { cause: 'UNALLOCATED_NUMBER', causeCode: 1 };
const ABSENT: Ending = { cause: 'SUBSCRIBER_ABSENT', causeCode: 20 };

interface Talk {
  near: PartyCall;
  far: PartyCall;
}

async function ring({ near, far, numbers }: Line, caller: 'near' | 'far'): Promise<Talk> {
  if (caller === 'near') {
    const outgoing = await near.dial(numbers.far);
    return { near: outgoing, far: await far.ringing() };
  }
  const outgoing = await far.dial(numbers.near);
  return { near: await near.ringing(), far: outgoing };
}

async function talk(line: Line, caller: 'near' | 'far'): Promise<Talk> {
  const calls = await ring(line, caller);
  await (caller === 'near' ? calls.far : calls.near).answer();
  await calls.near.active();
  await calls.far.active();
  return calls;
}

async function expectEnds({ near, far }: Talk, expected: { near: Ending; far: Ending }): Promise<void> {
  expect({ near: await near.ended(), far: await far.ended() }).toEqual(expected);
}

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'it calls, is answered, and hangs up',
    play: async (line) => {
      const calls = await talk(line, 'near');
      await calls.near.hangup();
      await expectEnds(calls, { near: NORMAL, far: NORMAL });
    },
  },
  {
    title: 'it calls, is answered, and the other party hangs up',
    play: async (line) => {
      const calls = await talk(line, 'near');
      await calls.far.hangup();
      await expectEnds(calls, { near: NORMAL, far: NORMAL });
    },
  },
  {
    title: 'it is called, answers, and hangs up',
    play: async (line) => {
      const calls = await talk(line, 'far');
      await calls.near.hangup();
      await expectEnds(calls, { near: NORMAL, far: NORMAL });
    },
  },
  {
    title: 'it is called, answers, and the other party hangs up',
    play: async (line) => {
      const calls = await talk(line, 'far');
      await calls.far.hangup();
      await expectEnds(calls, { near: NORMAL, far: NORMAL });
    },
  },
  {
    title: 'it is called and rejects',
    play: async (line) => {
      const calls = await ring(line, 'far');
      await calls.near.hangup();
      await expectEnds(calls, { near: REJECTED, far: REJECTED });
    },
  },
  {
    title: 'it calls and is rejected',
    play: async (line) => {
      const calls = await ring(line, 'near');
      await calls.far.hangup();
      await expectEnds(calls, { near: REJECTED, far: REJECTED });
    },
  },
  {
    title: 'it calls and gives up before the answer',
    play: async (line, { cancelled }) => {
      const calls = await ring(line, 'near');
      await calls.near.hangup();
      await expectEnds(calls, { near: cancelled, far: CANCELLED });
    },
  },
  {
    title: 'it is called, and the caller gives up before the answer',
    play: async (line) => {
      const calls = await ring(line, 'far');
      await calls.far.hangup();
      expect(await calls.near.ended()).toEqual(CANCELLED);
    },
  },
  {
    title: 'as caller it holds, and takes the call back',
    play: (line) => holdAndUnhold(line, 'near'),
  },
  {
    title: 'as callee it holds, and takes the call back',
    play: (line) => holdAndUnhold(line, 'far'),
  },
  {
    title: 'keys that it presses are told to the other party',
    play: async (line) => {
      const calls = await talk(line, 'near');
      await calls.near.dial('5');
      await calls.far.digit('5');
      await calls.near.dial('#');
      await calls.far.digit('#');
      await calls.near.hangup();
      await expectEnds(calls, { near: NORMAL, far: NORMAL });
    },
  },
  {
    title: 'it calls somebody who does not exist',
    play: async ({ near, numbers }) => {
      const call = await near.dial(numbers.unknown);
      expect(await call.ended()).toEqual(UNKNOWN);
    },
  },
  {
    title: 'it calls somebody who is not there',
    play: async ({ near, numbers }) => {
      const call = await near.dial(numbers.absent);
      expect(await call.ended()).toEqual(ABSENT);
    },
  },
  {
    title: 'it has two calls at once, and each ends by itself',
    play: async (line) => {
      const first = await talk(line, 'near');
      const second = await talk(line, 'far');
      await first.near.hangup();
      await expectEnds(first, { near: NORMAL, far: NORMAL });
      await second.far.hangup();
      await expectEnds(second, { near: NORMAL, far: NORMAL });
    },
  },
];

async function holdAndUnhold(line: Line, caller: 'near' | 'far'): Promise<void> {
  const calls = await talk(line, caller);
  await calls.near.hold();
  await calls.near.held();
  await calls.near.unhold();
  await calls.near.active();
  await calls.near.hangup();
  await expectEnds(calls, { near: NORMAL, far: NORMAL });
}
