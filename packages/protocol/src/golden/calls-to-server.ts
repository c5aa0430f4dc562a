import type { DialogParams } from '../messages/call.ts';
import type { ServerMethod, ToServer } from '../methods.ts';
import type { GoldenMessage } from './golden-message.ts';
import { browserAnswer, browserOffer, browserOfferWithoutCandidates } from './session-descriptions.ts';

type CallMethod = Extract<
  ServerMethod,
  | 'telnyx_rtc.invite'
  | 'telnyx_rtc.answer'
  | 'telnyx_rtc.attach'
  | 'telnyx_rtc.bye'
  | 'telnyx_rtc.modify'
  | 'telnyx_rtc.info'
  | 'telnyx_rtc.candidate'
  | 'telnyx_rtc.endOfCandidates'
  | 'parley.preAnswer'
  | 'parley.remake'
>;

const request = (id: string, method: CallMethod, params: object) => ({ jsonrpc: '2.0', id, method, params });

const sessid = 'b6c4e5d2-0f4c-4a84-9c1d-8f57d9c3e111';
const callID = '8115d774-6a0e-4c3b-9a80-0d1f3b9f5a55';

const known: DialogParams = {
  callID,
  destination_number: '+15551234567',
  remote_caller_id_name: 'Outbound Call',
  remote_caller_id_number: '+15551234567',
  caller_id_name: 'Alice',
  caller_id_number: '+15550000',
  custom_headers: [{ name: 'X-A', value: '1' }],
  clientState: 'c3RhdGU=',
  userVariables: { foo: 'bar', microphoneLabel: 'Fake Default Audio Input' },
  audio: true,
  video: false,
  attach: false,
};

/** An official client sends the whole of its options with every message of a call. */
const official = {
  ...known,
  useStereo: false,
  screenShare: false,
  mediaSettings: { useSdpASBandwidthKbps: false, sdpASBandwidthKbps: 0 },
  prefetchIceCandidates: false,
  iceServers: [
    { urls: 'turn:turn.example.com:3478?transport=udp', username: 'turn-user', credential: 'turn-secret' },
  ],
  ringbackFile: 'https://example.com/ringback.mp3',
  preferred_codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
};

const answering: DialogParams = {
  callID,
  destination_number: 'alice',
  audio: { echoCancellation: true, deviceId: { exact: 'default' } },
  attach: false,
  telnyxCallControlId: 'v3:control',
  telnyxSessionId: 'e1f0b3de-0000-4000-8000-000000000001',
  telnyxLegId: 'e1f0b3de-0000-4000-8000-000000000002',
};

const reattaching: DialogParams = { ...answering, attach: true, recoveredCallId: callID };
const minimal: DialogParams = { callID };
const traced = { callID, parley: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } };
const agent = { 'User-Agent': 'Web-2.27.10' };

export const callsToServer: { readonly [M in CallMethod]: readonly GoldenMessage<ToServer[M]['params']>[] } =
  {
    'telnyx_rtc.invite': [
      {
        name: 'an official client calls, its candidates in the offer',
        frame: request('9a1c0000-0000-4000-8000-000000000001', 'telnyx_rtc.invite', {
          sessid,
          sdp: browserOffer,
          dialogParams: official,
          ...agent,
        }),
        decoded: { sessid, sdp: browserOffer, dialogParams: known, ...agent },
      },
      {
        name: 'an official client calls and trickles its candidates',
        frame: request('9a1c0000-0000-4000-8000-000000000002', 'telnyx_rtc.invite', {
          sessid,
          sdp: browserOfferWithoutCandidates,
          dialogParams: { ...official, trickleIce: true },
          trickle: true,
          ...agent,
        }),
        decoded: {
          sessid,
          sdp: browserOfferWithoutCandidates,
          dialogParams: known,
          trickle: true,
          ...agent,
        },
      },
      {
        name: 'an application calls a number that it holds as a number, and leaves names unset as null',
        frame: request('9a1c0000-0000-4000-8000-000000000003', 'telnyx_rtc.invite', {
          sessid,
          sdp: browserOffer,
          dialogParams: {
            callID,
            destination_number: 18_005_550_100,
            caller_id_name: null,
            telnyxLegId: null,
          },
        }),
        decoded: { sessid, sdp: browserOffer, dialogParams: { callID, destination_number: '18005550100' } },
      },
      {
        name: 'a client calls the assistant that it logged in for, with no destination',
        frame: request('9a1c0000-0000-4000-8000-000000000004', 'telnyx_rtc.invite', {
          sessid,
          sdp: browserOffer,
          dialogParams: { callID, destination_number: '' },
        }),
        decoded: { sessid, sdp: browserOffer, dialogParams: { callID, destination_number: '' } },
      },
    ],
    'telnyx_rtc.answer': [
      {
        name: 'an official client answers',
        frame: request('9a1c0000-0000-4000-8000-000000000005', 'telnyx_rtc.answer', {
          sessid,
          sdp: browserAnswer,
          dialogParams: { ...answering, debug: false, debugOutput: 'socket', mutedMicOnStart: false },
          ...agent,
        }),
        decoded: { sessid, sdp: browserAnswer, dialogParams: answering, ...agent },
      },
      {
        name: 'a Parley client answers what it has pre-answered',
        frame: request('9a1c0000-0000-4000-8000-000000000006', 'telnyx_rtc.answer', {
          sessid,
          dialogParams: traced,
        }),
        decoded: { sessid, dialogParams: traced },
      },
    ],
    'telnyx_rtc.attach': [
      {
        name: 'an official client answers the offer of a call that it recovers',
        frame: request('9a1c0000-0000-4000-8000-000000000007', 'telnyx_rtc.attach', {
          sessid,
          sdp: browserAnswer,
          dialogParams: { ...reattaching, wasHeldBeforeRecovery: true },
          ...agent,
        }),
        decoded: { sessid, sdp: browserAnswer, dialogParams: reattaching, ...agent },
      },
      {
        name: 'a Parley client says which offer it answers',
        frame: request('9a1c0000-0000-4000-8000-000000000021', 'telnyx_rtc.attach', {
          sessid,
          sdp: browserAnswer,
          parley: { epoch: 2 },
          dialogParams: minimal,
        }),
        decoded: { sessid, sdp: browserAnswer, parley: { epoch: 2 }, dialogParams: minimal },
      },
    ],
    'telnyx_rtc.bye': [
      {
        name: 'an official client hangs up',
        frame: request('9a1c0000-0000-4000-8000-000000000008', 'telnyx_rtc.bye', {
          sipCode: null,
          sip_call_id: null,
          sessid,
          dialogParams: { ...official, custom_headers: [] },
          cause: 'NORMAL_CLEARING',
          causeCode: 16,
        }),
        decoded: {
          sessid,
          dialogParams: { ...known, custom_headers: [] },
          cause: 'NORMAL_CLEARING',
          causeCode: 16,
        },
      },
      {
        name: 'a client rejects with a status of its own',
        frame: request('9a1c0000-0000-4000-8000-000000000009', 'telnyx_rtc.bye', {
          sipCode: 603,
          sip_call_id: 'abc@203.0.113.9',
          sessid,
          dialogParams: minimal,
          cause: 'CALL_REJECTED',
          causeCode: 21,
        }),
        decoded: {
          sipCode: 603,
          sip_call_id: 'abc@203.0.113.9',
          sessid,
          dialogParams: minimal,
          cause: 'CALL_REJECTED',
          causeCode: 21,
        },
      },
    ],
    'telnyx_rtc.modify': [
      ...(['hold', 'unhold', 'toggleHold'] as const).map((action, index) => ({
        name: `an official client asks for ${action}`,
        frame: request(`9a1c0000-0000-4000-8000-00000000001${String(index)}`, 'telnyx_rtc.modify', {
          sessid,
          action,
          dialogParams: official,
        }),
        decoded: { sessid, action, dialogParams: known },
      })),
      {
        name: 'an official client restarts ICE',
        frame: request('9a1c0000-0000-4000-8000-00000000001a', 'telnyx_rtc.modify', {
          sessid,
          action: 'updateMedia',
          callID,
          sdp: browserOffer,
          trickle: true,
          dialogParams: official,
        }),
        decoded: {
          sessid,
          action: 'updateMedia',
          callID,
          sdp: browserOffer,
          trickle: true,
          dialogParams: known,
        },
      },
    ],
    'telnyx_rtc.info': [
      {
        name: 'an official client sends a tone',
        frame: request('9a1c0000-0000-4000-8000-00000000001b', 'telnyx_rtc.info', {
          sessid,
          dtmf: '5',
          dialogParams: official,
        }),
        decoded: { sessid, dtmf: '5', dialogParams: known },
      },
      {
        name: 'an official client sends a text',
        frame: request('9a1c0000-0000-4000-8000-00000000001c', 'telnyx_rtc.info', {
          sessid,
          msg: { from: 'alice', to: 'bob', body: 'hi\nthere' },
          dialogParams: official,
        }),
        decoded: { sessid, msg: { from: 'alice', to: 'bob', body: 'hi\nthere' }, dialogParams: known },
      },
    ],
    'telnyx_rtc.candidate': [
      {
        name: 'an official client trickles a candidate',
        frame: request('9a1c0000-0000-4000-8000-00000000001d', 'telnyx_rtc.candidate', {
          sessid,
          candidate:
            'candidate:2605368937 1 udp 2122194687 192.0.2.2 46680 typ host generation 0 ufrag nHB9 network-id 1',
          sdpMLineIndex: 0,
          sdpMid: '0',
          dialogParams: official,
        }),
        decoded: {
          sessid,
          candidate:
            'candidate:2605368937 1 udp 2122194687 192.0.2.2 46680 typ host generation 0 ufrag nHB9 network-id 1',
          sdpMLineIndex: 0,
          sdpMid: '0',
          dialogParams: known,
        },
      },
    ],
    'telnyx_rtc.endOfCandidates': [
      {
        name: 'an official client has no more candidates',
        frame: request('9a1c0000-0000-4000-8000-00000000001e', 'telnyx_rtc.endOfCandidates', {
          sessid,
          endOfCandidates: true,
          dialogParams: official,
        }),
        decoded: { sessid, endOfCandidates: true, dialogParams: known },
      },
    ],
    'parley.preAnswer': [
      {
        name: 'a Parley client warms its media while it rings',
        frame: request('9a1c0000-0000-4000-8000-00000000001f', 'parley.preAnswer', {
          sessid,
          sdp: browserAnswer,
          trickle: true,
          dialogParams: minimal,
        }),
        decoded: { sessid, sdp: browserAnswer, trickle: true, dialogParams: minimal },
      },
    ],
    'parley.remake': [
      {
        name: 'a Parley client asks for another media path',
        frame: request('9a1c0000-0000-4000-8000-000000000020', 'parley.remake', {
          sessid,
          dialogParams: minimal,
        }),
        decoded: { sessid, dialogParams: minimal },
      },
    ],
  };
