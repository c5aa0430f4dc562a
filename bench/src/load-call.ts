import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { makeBareLeg } from './bare-leg.ts';
import { DESCRIPTION } from './description.ts';
import type { Phone } from './phone.ts';
import { joinTalk } from './talk.ts';

/** A call that is up, seen from the caller. */
export interface LoadCall {
  /** From the invite to the answer. */
  answeredMs: number;
  /** From the invite to the callee's first packet; undefined without media. */
  heardMs: number | undefined;
  hangUp(): Promise<void>;
}

const PATIENCE_MS = 15_000;

/** Calls somebody, and waits until the call is up: answered, and heard where there is media. */
export async function placeCall(caller: Phone, to: string, media: boolean): Promise<LoadCall> {
  const callId = randomUUID();
  const leg = media ? makeBareLeg() : undefined;
  const talk = leg && joinTalk(leg);
  const sdp = (await leg?.offer()) ?? DESCRIPTION;
  const startedAt = performance.now();
  const sinceStart = () => performance.now() - startedAt;
  const answered = new Promise<number>((resolve, reject) => {
    caller.calls.set(callId, (method, params) => {
      if (params.sdp !== undefined) leg?.acceptAnswer(params.sdp).catch(reject);
      if (method === 'telnyx_rtc.answer') resolve(sinceStart());
      if (method === 'telnyx_rtc.bye') reject(new Error('The call was refused.'));
    });
  });
  const end = async () => {
    caller.calls.delete(callId);
    talk?.leave();
    await leg?.close();
  };
  try {
    const dialogParams = { callID: callId, destination_number: to };
    await caller.request('telnyx_rtc.invite', { sdp, dialogParams });
    const [answeredMs, heardMs] = await patiently(Promise.all([answered, talk?.heard.then(sinceStart)]));
    return {
      answeredMs,
      heardMs,
      hangUp: async () => {
        await caller.request('telnyx_rtc.bye', { dialogParams: { callID: callId } });
        await end();
      },
    };
  } catch (error) {
    caller.request('telnyx_rtc.bye', { dialogParams: { callID: callId } }).catch(() => undefined);
    await end();
    throw error;
  }
}

async function patiently<T>(wanted: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const tooLong = delay(PATIENCE_MS, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`The call was not up within ${PATIENCE_MS} ms.`);
  });
  tooLong.catch(() => undefined);
  try {
    return await Promise.race([wanted, tooLong]);
  } finally {
    patience.abort();
  }
}

/** Answers every call at once. */
export function takeCalls(callee: Phone, media: boolean): void {
  callee.onInvite = (callId, { sdp = '' }) => {
    void take(callee, callId, sdp, media).catch((error: unknown) => {
      console.error(error);
    });
  };
}

async function take(callee: Phone, callId: string, offer: string, media: boolean): Promise<void> {
  const leg = media ? makeBareLeg() : undefined;
  const talk = leg && joinTalk(leg);
  callee.calls.set(callId, (method) => {
    if (method !== 'telnyx_rtc.bye') return;
    callee.calls.delete(callId);
    talk?.leave();
    void leg?.close();
  });
  const sdp = (await leg?.answer(offer)) ?? DESCRIPTION;
  await callee.request('telnyx_rtc.answer', { sdp, dialogParams: { callID: callId } });
}
