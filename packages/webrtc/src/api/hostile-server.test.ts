import { CALL_ANSWERED, fakeSdp, ScriptedGateway, settle } from '@parley/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

const METHODS = [
  'invite',
  'attach',
  'ringing',
  'media',
  'answer',
  'bye',
  'candidate',
  'endOfCandidates',
  'display',
  'info',
  'event',
  'gatewayState',
  'clientReady',
  'ping',
  'modify',
].map((name) => `telnyx_rtc.${name}`);

const ids = fc.constantFrom('mine', 'ended', 'other', '__proto__', 'constructor', '');
const member = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(fakeSdp('offer'), 'REGED', 'active'));

/** Frames that look like those of a server, with anything as their members. */
const frame = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    method: fc.constantFrom(...METHODS),
    params: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record(
          {
            callID: ids,
            sdp: member,
            candidate: member,
            state: member,
            parley: member,
            dialogParams: member,
            causeCode: member,
          },
          { requiredKeys: [] },
        ),
      },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
    ),
    result: member,
    error: member,
  },
  { requiredKeys: ['jsonrpc'] },
);

describe('a server that sends anything', () => {
  it('makes no client throw, open a microphone, or bring back a call that has ended', async () => {
    const gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway);
    const ended = alice.client.newCall({ destinationNumber: 'bob', id: 'ended' });
    await settle();
    await ended.hangup();
    const opened = alice.media.tracks.length;

    for (const each of fc.sample(frame, { numRuns: 2_000, seed: 7 })) gateway.raw(JSON.stringify(each));
    for (let round = 0; round < 50; round++) await settle();

    expect(alice.media.tracks).toHaveLength(opened);
    expect(alice.statesOf(ended).filter((state) => state === 'destroy')).toHaveLength(1);
    expect(ended.state).toBe('destroy');
    expect(alice.console.filter((line) => line.startsWith('error'))).toEqual([]);
    await alice.client.disconnect();
    await alice.clock.advance(60_000);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});
