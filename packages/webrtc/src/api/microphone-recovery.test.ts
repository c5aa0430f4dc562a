import { CALL_ANSWERED, CALL_CREATED, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';
import {
  isMediaRecoveryErrorEvent,
  type ITelnyxErrorEvent,
  type ITelnyxMediaRecoveryErrorEvent,
} from './errors.ts';
import type { IMediaPermissionsRecovery } from './options.ts';

let gateway: ScriptedGateway;
let outcomes: string[];

beforeEach(() => {
  gateway = new ScriptedGateway();
  outcomes = [];
});

function recovery(more: Partial<IMediaPermissionsRecovery> = {}): IMediaPermissionsRecovery {
  return {
    enabled: true,
    onSuccess: () => outcomes.push('success'),
    onError: (error) => outcomes.push(`error ${'code' in error ? String(error.code) : ''}`),
    ...more,
  };
}

async function answering(
  more?: Partial<IMediaPermissionsRecovery>,
  failure = 'NotAllowedError',
): Promise<{ alice: Alice; call: Call; answered: Promise<void> }> {
  const alice = await Alice.ready(gateway, { mediaPermissionsRecovery: recovery(more) });
  gateway.invite('in-1');
  await settle();
  const [call] = alice.incoming;
  if (!call) throw new Error('Nothing rings');
  refuse(alice, failure);
  const answered = call.answer();
  await settle();
  return { alice, call, answered };
}

function refuse(alice: Alice, failure: string): void {
  alice.media.beforeStep = (step) => {
    if (step === 'getUserMedia') throw new DOMException('No', failure);
  };
}

function allow(alice: Alice): void {
  alice.media.beforeStep = () => undefined;
}

function promptOf({ errors }: { errors: readonly ITelnyxErrorEvent[] }): ITelnyxMediaRecoveryErrorEvent {
  const prompt = errors.find((event) => isMediaRecoveryErrorEvent(event));
  if (!isMediaRecoveryErrorEvent(prompt)) throw new Error('There is no prompt');
  return prompt;
}

const byes = (): unknown[] => gateway.requests('telnyx_rtc.bye').map(({ params }) => params['causeCode']);

describe('alice answers without a microphone, and recovery is enabled', () => {
  it.each([
    ['NotAllowedError', 42001],
    ['NotFoundError', 42002],
    ['NotReadableError', 42003],
  ])('%s prompts with %i while the call goes on ringing', async (failure, code) => {
    const { alice, call } = await answering({}, failure);
    expect(alice.errors).toMatchObject([
      {
        error: { code, fatal: false },
        callId: 'in-1',
        recoverable: true,
        retryDeadline: alice.clock.now() + 20_000,
        resume: expect.any(Function),
        reject: expect.any(Function),
      },
    ]);
    expect(gateway.requests('telnyx_rtc.answer')).toEqual([]);
    expect(byes()).toEqual([]);
    expect(call.state).toBe('answering');
  });

  it('resumes, and resumes again without a second effect', async () => {
    const { alice, answered, call } = await answering();
    allow(alice);
    promptOf(alice).resume();
    promptOf(alice).resume();
    await answered;
    alice.media.peers[0]?.become('connected');
    promptOf(alice).reject();
    await alice.clock.advance(30_000);
    expect(outcomes).toEqual(['success']);
    expect(call.state).toBe('active');
    expect(alice.media.asked).toHaveLength(2);
    expect(alice.errors).toHaveLength(1);
    await call.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it.each([
    [
      'is refused again',
      42001,
      (alice: Alice) => {
        promptOf(alice).resume();
      },
    ],
    [
      'rejects',
      42001,
      (alice: Alice) => {
        promptOf(alice).reject();
      },
    ],
    ['lets the time pass', 42001, (alice: Alice) => alice.clock.advance(20_000)],
  ] as const)('and %s: onError once, a fatal error, and the far end is told', async (_what, code, act) => {
    const { alice, answered, call } = await answering();
    await act(alice);
    await answered;
    await alice.clock.advance(60_000);
    expect(outcomes).toEqual([`error ${code}`]);
    expect(alice.errors.slice(1)).toMatchObject([{ error: { code, fatal: true } }]);
    expect(byes()).toEqual([41]);
    expect(call.state).toBe('destroy');
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and bob gives up, or she hangs up: onError once, no other error', async () => {
    const remote = await answering();
    gateway.push('telnyx_rtc.bye', { callID: 'in-1', cause: 'ORIGINATOR_CANCEL', causeCode: 487 });
    await remote.answered;
    promptOf(remote.alice).resume();
    await remote.alice.clock.advance(60_000);
    expect(outcomes).toEqual(['error 44005']);
    expect(remote.alice.errors).toHaveLength(1);
    expect(remote.alice.leftovers).toEqual(NOTHING_LEFT);

    gateway = new ScriptedGateway();
    outcomes = [];
    const local = await answering();
    await local.call.hangup();
    await settle();
    expect(outcomes).toEqual(['error 44005']);
    expect(byes()).toEqual([17]);
    expect(local.alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and callbacks that throw change nothing, nor does onSuccess that throws cause onError', async () => {
    const failing = {
      onSuccess: () => {
        outcomes.push('success');
        throw new Error('from the application');
      },
    };
    const { alice, answered, call } = await answering(failing);
    allow(alice);
    promptOf(alice).resume();
    await answered;
    expect(call.state).toBe('active');
    expect(outcomes).toEqual(['success']);
    expect(alice.console.join()).toContain('from the application');
  });

  it('and another offer comes meanwhile: it is that which is answered', async () => {
    const { alice, answered, call } = await answering();
    gateway.push('telnyx_rtc.attach', { callID: 'in-1', sdp: 'v=0 another' });
    await settle();
    allow(alice);
    promptOf(alice).resume();
    await answered;
    expect(alice.errors).toHaveLength(1);
    expect(outcomes).toEqual(['success']);
    expect(call.state).toBe('active');
  });

  it('with a timeout of her own, and one that is too long is told of', async () => {
    const { alice, answered } = await answering({ timeout: 3_000 });
    expect(promptOf(alice).retryDeadline).toBe(alice.clock.now() + 3_000);
    await alice.clock.advance(3_000);
    await answered;
    expect(outcomes).toEqual(['error 42001']);
    const patient = new Alice(gateway, { mediaPermissionsRecovery: recovery({ timeout: 30_000 }) });
    expect(patient.console).toEqual([expect.stringContaining('mediaPermissionsRecovery.timeout')]);
  });
});

describe('alice calls without a microphone', () => {
  it('and is not prompted by default, as that is for calls that come in', async () => {
    const alice = await Alice.ready(gateway, { mediaPermissionsRecovery: recovery() });
    refuse(alice, 'NotAllowedError');
    const call = await alice.dial();
    expect(alice.errors).toMatchObject([{ error: { code: 42001, fatal: true } }]);
    expect(alice.errors.some(isMediaRecoveryErrorEvent)).toBe(false);
    expect(outcomes).toEqual([]);
    expect(['hangup', 'destroy']).toContain(call.state);
  });

  it('and is prompted where she asked for that: the call rings meanwhile', async () => {
    gateway.on('telnyx_rtc.invite', CALL_CREATED);
    const alice = await Alice.ready(gateway, { mediaPermissionsRecovery: recovery({ outbound: true }) });
    refuse(alice, 'NotAllowedError');
    const call = await alice.dial();
    expect(call.state).toBe('trying');
    allow(alice);
    promptOf(alice).resume();
    await settle();
    expect(outcomes).toEqual(['success']);
    expect(alice.media.peers[0]?.sending).toBe(alice.media.liveTracks[0]);

    await call.hangup();
    refuse(alice, 'NotAllowedError');
    alice.errors.length = 0;
    await alice.dial();
    await alice.clock.advance(20_000);
    expect(outcomes).toEqual(['success', 'error 42001']);
    expect(alice.errorCodes).toEqual([42001, 42001]);
    await alice.clock.advance(5_000);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('whose permission is withdrawn in a call, and is prompted where she asked for that; the call goes on', async () => {
    gateway.on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway, { mediaPermissionsRecovery: recovery({ outbound: true }) });
    const call = await alice.talk();
    refuse(alice, 'NotAllowedError');
    alice.media.tracks[0]?.end();
    await settle();
    allow(alice);
    promptOf(alice).resume();
    await settle();
    expect(alice.media.peers[0]?.sending).toBe(alice.media.liveTracks[0]);

    refuse(alice, 'NotAllowedError');
    alice.media.liveTracks[0]?.end();
    await alice.clock.advance(20_000);
    expect(outcomes).toEqual(['success', 'error 42001']);
    expect(alice.errors.every(({ error }) => !error.fatal)).toBe(true);
    expect(call.state).toBe('active');
  });
});

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', /Remove the block/],
  [
    'Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    /left of the address/,
  ],
  ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15', /Safari/],
  ['Something else', /Allow it at the left/],
])('what to do about a permission is told for the browser %s', async (userAgent, remedy) => {
  const alice = await Alice.ready(gateway);
  alice.userAgent = userAgent;
  refuse(alice, 'NotAllowedError');
  await alice.dial();
  expect(alice.errors).toMatchObject([
    { error: { code: 42001, solutions: [expect.stringMatching(remedy)] } },
  ]);
});
