import type { ClientMethod, ToClient } from '../methods.ts';
import type { GoldenMessage } from './golden-message.ts';
import { gatewayAnswer, gatewayOffer } from './session-descriptions.ts';

function push<P extends object>(
  name: string,
  method: ClientMethod,
  params: P,
  id: string | number = 4000,
): GoldenMessage<P> {
  return {
    name,
    frame: { jsonrpc: '2.0', id, method, params, voice_sdk_id: 'VSDK-AAA' },
    decoded: params,
  };
}

const callID = '6f0c1a2e-6a0e-4c3b-9a80-0d1f3b9f5a55';
const ids = {
  telnyx_call_control_id: 'v3:control',
  telnyx_session_id: 'e1f0b3de-0000-4000-8000-000000000001',
  telnyx_leg_id: 'e1f0b3de-0000-4000-8000-000000000002',
};
const headers = { custom_headers: [{ name: 'X-RTC-CALLID', value: 'abc' }] };
const offering = {
  callID,
  sdp: gatewayOffer,
  caller_id_name: 'Bob',
  caller_id_number: '+15550100',
  callee_id_name: 'Outbound Call',
  callee_id_number: 'alice',
  display_direction: 'outbound' as const,
  ...ids,
  client_state: 'Zm9v',
  mediaSettings: {},
  dialogParams: headers,
};

/** At least one message for each method that a gateway may use. */
export const goldenToClient: {
  readonly [M in ClientMethod]: readonly GoldenMessage<ToClient[M]['params']>[];
} = {
  'telnyx_rtc.clientReady': [
    push('the gateway is ready for a client that has no call', 'telnyx_rtc.clientReady', {}),
    push('the gateway names the calls that survived', 'telnyx_rtc.clientReady', {
      reattached_sessions: [callID],
    }),
    push('a Telnyx server names no call', 'telnyx_rtc.clientReady', { reattached_sessions: [] }),
  ],
  'telnyx_rtc.gatewayState': [
    push('the gateway tells of the registration unasked', 'telnyx_rtc.gatewayState', { state: 'REGED' }),
  ],
  'telnyx_rtc.ping': [push('the gateway pings', 'telnyx_rtc.ping', { serno: 1_660_818_704 }, 30_805)],
  'telnyx_rtc.invite': [
    push('somebody calls', 'telnyx_rtc.invite', offering, 5120),
    push('somebody calls who hides behind no name', 'telnyx_rtc.invite', { callID, sdp: gatewayOffer }),
  ],
  'telnyx_rtc.ringing': [
    push('the far end rings', 'telnyx_rtc.ringing', {
      callID,
      caller_id_name: 'alice',
      caller_id_number: '+15550000',
      callee_id_name: 'Outbound Call',
      callee_id_number: '+15551234567',
      display_direction: 'inbound' as const,
      ...ids,
    }),
  ],
  'telnyx_rtc.media': [
    push('early media begins', 'telnyx_rtc.media', { callID, sdp: gatewayAnswer }),
    push('the media path is warmed and silent until the answer', 'telnyx_rtc.media', {
      callID,
      sdp: gatewayAnswer,
      parley: { earlyMedia: false },
    }),
  ],
  'telnyx_rtc.answer': [
    push('the far end answers', 'telnyx_rtc.answer', { callID, sdp: gatewayAnswer, ...ids }),
    push('the far end answers after early media', 'telnyx_rtc.answer', { callID }),
  ],
  'telnyx_rtc.attach': [
    push('the gateway offers a surviving call anew', 'telnyx_rtc.attach', offering),
    push('the same to a Parley client', 'telnyx_rtc.attach', { ...offering, parley: { epoch: 1 } }),
  ],
  'telnyx_rtc.bye': [
    push('the caller gave up', 'telnyx_rtc.bye', {
      callID,
      cause: 'ORIGINATOR_CANCEL',
      causeCode: 487,
      sipCode: 487,
      sipReason: 'Request Terminated',
      sip_call_id: 'abc@203.0.113.9',
      client_state: 'Zm9v',
      dialogParams: headers,
    }),
    push('a normal end', 'telnyx_rtc.bye', { callID, cause: 'NORMAL_CLEARING', causeCode: 16 }),
  ],
  'telnyx_rtc.info': [
    push('the far end sends a tone', 'telnyx_rtc.info', { callID, dtmf: '5' }),
    push('the far end sends a text', 'telnyx_rtc.info', {
      callID,
      msg: { from: 'bob', to: 'alice', body: 'hi' },
    }),
  ],
  'telnyx_rtc.candidate': [
    push('a candidate of the gateway', 'telnyx_rtc.candidate', {
      callID,
      candidate: 'candidate:1 1 udp 2130706431 203.0.113.9 40000 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
    }),
  ],
  'telnyx_rtc.endOfCandidates': [
    push('the gateway has no more candidates', 'telnyx_rtc.endOfCandidates', { callID }),
  ],
  'telnyx_rtc.display': [
    push('the far party has changed', 'telnyx_rtc.display', {
      callID,
      display_name: 'Carol',
      display_number: '99',
      display_direction: 'outbound' as const,
    }),
  ],
  'telnyx_rtc.event': [
    push('an event of a channel', 'telnyx_rtc.event', {
      eventChannel: 'ch1',
      eventType: 'custom',
      eventData: { contentType: 'layout-info' },
    }),
  ],
  'webrtc.event': [push('an event under the older name', 'webrtc.event', { eventChannel: 'ch1' })],
  'telnyx_rtc.punt': [
    push('the gateway ends the session', 'telnyx_rtc.punt', {}, 38),
    push('the gateway ends the session and names a call', 'telnyx_rtc.punt', { callID }, 39),
  ],
  ai_conversation: [
    push('the assistant calls a function of the page', 'ai_conversation', {
      type: 'conversation.item.created',
      item: { type: 'function_call', call_id: 'x', name: 'weather', arguments: '{"city":"Bern"}' },
    }),
    push('the assistant speaks', 'ai_conversation', {
      type: 'response.text.delta',
      item_id: 'item-2',
      delta: 'It is ',
    }),
  ],
  'parley.iceServers': [
    push('the gateway renews the credentials of its TURN servers', 'parley.iceServers', {
      iceServers: [
        { urls: 'stun:calls.example.com:3478' },
        {
          urls: ['turn:calls.example.com:3478?transport=udp', 'turn:calls.example.com:3478?transport=tcp'],
          username: '1795338064:s1',
          credential: 'c2hvcnQgbGl2ZWQ=',
        },
      ],
    }),
  ],
};
