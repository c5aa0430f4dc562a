import {
  ANSWERS,
  CALL_ANSWERED,
  CALL_CREATED,
  fakeSdp,
  IGNORES,
  LOGIN_OK,
  REFUSES,
  ScriptedGateway,
  SEQUENCE,
  settle,
} from '@parley/testkit';
import { describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

describe('alice calls bob', () => {
  it('and talks when bob answers', async () => {
    const gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();

    expect(alice.statesOf(call)).toEqual(['new', 'requesting', 'trying', 'active']);
    expect(call.telnyxIDs).toEqual({
      telnyxCallControlId: 'v3:control',
      telnyxSessionId: 'session',
      telnyxLegId: 'leg',
    });
    expect(alice.media.peers[0]?.sending).toBe(alice.media.tracks[0]);
    expect(alice.media.elements.get('remote')?.srcObject).toBe(call.remoteStream);
    expect(call.remoteStream).not.toBeNull();
    expect(alice.errors).toEqual([]);

    await call.hangup();
    expect(alice.statesOf(call).slice(-2)).toEqual(['hangup', 'destroy']);
    expect(call).toMatchObject({ cause: 'NORMAL_CLEARING', causeCode: 16 });
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([
      { params: { cause: 'NORMAL_CLEARING', causeCode: 16, dialogParams: { callID: call.id } } },
    ]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});
