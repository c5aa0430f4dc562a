import type { ServerMethod, ToServer } from '../methods.ts';
import type { GoldenMessage } from './golden-message.ts';
import { gatewayAnswer } from './session-descriptions.ts';

function success<R extends object>(name: string, result: R): GoldenMessage<R> {
  const frame = {
    jsonrpc: '2.0',
    id: '9a1c0000-0000-4000-8000-000000000001',
    result,
    voice_sdk_id: 'VSDK-AAA',
  };
  return { name, frame, decoded: result };
}

const callID = '8115d774-6a0e-4c3b-9a80-0d1f3b9f5a55';
const sessid = 'b6c4e5d2-0f4c-4a84-9c1d-8f57d9c3e111';

/** At least one answer of the gateway for each method. */
export const goldenResults: {
  readonly [M in ServerMethod]: readonly GoldenMessage<ToServer[M]['result']>[];
} = {
  login: [
    success('a login was accepted', { message: 'logged in', sessid }),
    success('a login was accepted and capabilities were granted', {
      message: 'logged in',
      sessid,
      parley: {
        granted: ['iceServers', 'preAnswer', 'earlyMedia', 'recovery'],
        iceServers: [
          {
            urls: ['turn:calls.example.com:3478?transport=udp', 'turn:calls.example.com:3478?transport=tcp'],
            username: '1795338064:s1',
            credential: 'c2hvcnQgbGl2ZWQ=',
          },
        ],
        expiresIn: 86_399,
      },
    }),
  ],
  anonymous_login: [success('an anonymous login was accepted', { message: 'logged in', sessid })],
  'telnyx_rtc.gatewayState': [
    success('the session is registered', {
      params: { state: 'REGED', call_report_id: 'report-1', dc: 'local', region: 'eu' },
      sessid,
    }),
    success('the session is not registered', { params: { state: 'UNREGED' } }),
  ],
  'telnyx_rtc.ping': [success('a ping was heard', { message: 'pong' })],
  'telnyx_rtc.invite': [success('a call was created', { message: 'CALL CREATED', callID, sessid })],
  'telnyx_rtc.answer': [success('a call was answered', { message: 'CALL ANSWERED', callID, sessid })],
  'telnyx_rtc.attach': [success('a call was attached', { message: 'CALL ATTACHED', callID, sessid })],
  'telnyx_rtc.bye': [
    success('a call was ended', {
      message: 'CALL ENDED',
      callID,
      cause: 'NORMAL_CLEARING',
      causeCode: 16,
      sessid,
    }),
  ],
  'telnyx_rtc.modify': [
    success('a call is held', { action: 'hold', callID, holdState: 'held', sessid }),
    success('a call is no longer held', { action: 'unhold', callID, holdState: 'active', sessid }),
    success('a new offer was answered', { action: 'updateMedia', callID, sdp: gatewayAnswer, sessid }),
  ],
  'telnyx_rtc.info': [success('a tone was taken', { message: 'ok', callID })],
  'telnyx_rtc.candidate': [success('a candidate was taken', { message: 'ok', callID })],
  'telnyx_rtc.endOfCandidates': [success('the end of candidates was taken', { message: 'ok', callID })],
  'telnyx_rtc.subscribe': [
    success('no channel is offered', {
      subscribedChannels: [],
      alreadySubscribedChannels: [],
      unauthorizedChannels: ['ch1', 'ch2'],
      sessid,
    }),
  ],
  'telnyx_rtc.unsubscribe': [
    success('there was nothing to leave', { unsubscribedChannels: [], notSubscribedChannels: ['ch1'] }),
  ],
  'telnyx_rtc.broadcast': [success('a broadcast went to nobody', { message: 'ok' })],
  ai_conversation: [success('an item was taken', { message: 'ok' })],
  'parley.preAnswer': [success('a pre-answer was taken', { message: 'ok', callID })],
  'parley.remake': [success('another media path is being made', { message: 'ok', callID })],
};
