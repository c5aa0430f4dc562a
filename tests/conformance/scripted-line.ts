import { randomUUID } from 'node:crypto';
import {
  type Recorder,
  type Stage,
  type WireFrame,
  ScriptedGateway,
  callIdOf,
  createRecorder,
} from '@parley/testkit';

import { toParty } from './browser-line.ts';
import type { Ending, Line, Party, PartyCall } from './line.ts';

const UNKNOWN: Ending = { cause: 'UNALLOCATED_NUMBER', causeCode: 1 };
const ABSENT: Ending = { cause: 'SUBSCRIBER_ABSENT', causeCode: 20 };
const BUSY: Ending = { cause: 'USER_BUSY', causeCode: 17 };
const CANCELLED: Ending = { cause: 'ORIGINATOR_CANCEL', causeCode: 487 };
const NORMAL: Ending = { cause: 'NORMAL_CLEARING', causeCode: 16 };

/** Our client in a page, and a script that plays the gateway and the other party: the wire alone, without media. */
export async function openScriptedLine(stage: Stage): Promise<Line> {
  const gateway = new ScriptedGateway();
  const server = await gateway.listen();
  const requests = createRecorder<WireFrame>((request) => JSON.stringify(request));
  script(gateway, requests);
  const alice = await stage.enter('alice', { client: 'ours', signaling: server.url });
  return {
    near: toParty(alice),
    far: scriptedParty(gateway, requests),
    numbers: { near: 'alice', far: 'bob', unknown: 'nobody', absent: 'carol' },
    close: async () => {
      await stage.clear();
      await server.close();
    },
  };
}

function script(gateway: ScriptedGateway, requests: Recorder<WireFrame>): void {
  gateway.on('telnyx_rtc.invite', (request) => {
    const callID = callIdOf(request);
    gateway.answer(request, { message: 'CALL CREATED', callID, sessid: 'S' });
    const refusal = new Map([
      ['nobody', UNKNOWN],
      ['carol', ABSENT],
    ]).get(destinationOf(request));
    if (refusal !== undefined) {
      gateway.push('telnyx_rtc.bye', { callID, ...refusal });
      return;
    }
    gateway.push('telnyx_rtc.ringing', { callID });
    requests.record(request);
  });
  const answers = {
    'telnyx_rtc.answer': 'CALL ANSWERED',
    'telnyx_rtc.bye': 'CALL ENDED',
    'telnyx_rtc.info': 'ok',
  };
  for (const [method, message] of Object.entries(answers)) {
    gateway.on(method, (request) => {
      gateway.answer(request, { message, callID: callIdOf(request), sessid: 'S' });
      requests.record(request);
    });
  }
}

function scriptedParty(gateway: ScriptedGateway, requests: Recorder<WireFrame>): Party {
  let invites = 0;
  return {
    dial: (destination) => {
      const callId = randomUUID();
      gateway.invite(callId, { sdp: description('0', 'actpass'), callee_id_number: destination });
      return Promise.resolve(scriptedCall(gateway, requests, callId, { calledBy: 'far' }));
    },
    ringing: async () => {
      const isInvite = ({ method }: WireFrame) => method === 'telnyx_rtc.invite';
      const invite = await requests.next(isInvite, 'invite', { from: invites });
      invites = requests.entries.indexOf(invite) + 1;
      return scriptedCall(gateway, requests, callIdOf(invite), {
        calledBy: 'near',
        offer: String(invite.params['sdp']),
      });
    },
  };
}

function scriptedCall(
  gateway: ScriptedGateway,
  requests: Recorder<WireFrame>,
  callID: string,
  { calledBy, offer = '' }: { calledBy: 'near' | 'far'; offer?: string },
): PartyCall {
  let answered = false;
  let ownEnd: Ending | undefined;
  const request = (method: string, matches: (request: WireFrame) => boolean = () => true) =>
    requests.next((frame) => frame.method === method && callIdOf(frame) === callID && matches(frame), method);
  return {
    answer: () => {
      const mid = /^a=mid:(\S+)/m.exec(offer)?.[1] ?? '0';
      gateway.push('telnyx_rtc.answer', { callID, sdp: description(mid, 'active') });
      answered = true;
      return Promise.resolve();
    },
    active: async () => {
      if (!answered) await request('telnyx_rtc.answer');
      answered = true;
    },
    hangup: () => {
      ownEnd = answered ? NORMAL : calledBy === 'far' ? CANCELLED : BUSY;
      gateway.push('telnyx_rtc.bye', { callID, ...ownEnd });
      return Promise.resolve();
    },
    digit: async (key) => {
      await request('telnyx_rtc.info', ({ params }) => params['dtmf'] === key);
    },
    ended: async () => {
      if (ownEnd !== undefined) return ownEnd;
      const { params } = await request('telnyx_rtc.bye');
      return { cause: String(params['cause']), causeCode: Number(params['causeCode']) };
    },
    hold: unscripted,
    unhold: unscripted,
    held: unscripted,
    dial: unscripted,
  };
}

/** Only the client under test does this. */
function unscripted(): Promise<never> {
  return Promise.reject(new Error('The script has no such line.'));
}

function destinationOf({ params }: WireFrame): string {
  const { dialogParams } = params;
  if (typeof dialogParams !== 'object' || dialogParams === null) return '';
  return 'destination_number' in dialogParams ? String(dialogParams.destination_number) : '';
}

/** A description that a browser accepts, of an end that nobody reaches. */
function description(mid: string, setup: 'active' | 'actpass'): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=ice-ufrag:scripted',
    'a=ice-pwd:nobodyanswersachecktothisone',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'A5').join(':')}`,
    `a=setup:${setup}`,
    'a=ssrc:1 cname:script',
    'a=end-of-candidates',
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}
