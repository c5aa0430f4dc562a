import type { ServerMethod, ToServer } from '../methods.ts';
import { callsToServer } from './calls-to-server.ts';
import type { GoldenMessage } from './golden-message.ts';

const request = (id: string, method: string, params: object, voice_sdk_id?: string) => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(voice_sdk_id === undefined ? {} : { voice_sdk_id }),
  params,
});

const userAgent = {
  sdkVersion: '2.27.10',
  data: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
};
const variables = { foo: 'bar', push_when_active: false, pn_late_fanout: false };
const sessid = 'b6c4e5d2-0f4c-4a84-9c1d-8f57d9c3e111';

/** At least one message for each method that a client may use, with the members that official clients add. */
export const goldenToServer: {
  readonly [M in ServerMethod]: readonly GoldenMessage<ToServer[M]['params']>[];
} = {
  ...callsToServer,
  login: [
    {
      name: 'an official client logs in with a user and a password',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a01', 'login', {
        login: 'alice',
        passwd: 'correct horse',
        userVariables: variables,
        reconnection: false,
        loginParams: { early_sdp_answer: false },
        'User-Agent': userAgent,
      }),
      decoded: {
        login: 'alice',
        passwd: 'correct horse',
        userVariables: variables,
        reconnection: false,
        loginParams: { early_sdp_answer: false },
        'User-Agent': userAgent,
      },
    },
    {
      name: 'an official client comes back with a token and the session that it had',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a02', 'login', {
        login_token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln',
        userVariables: { ...variables, microphoneLabel: 'Fake Default Audio Input' },
        reconnection: true,
        loginParams: { early_sdp_answer: false },
        'User-Agent': userAgent,
        sessid,
      }),
      decoded: {
        login_token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln',
        userVariables: { ...variables, microphoneLabel: 'Fake Default Audio Input' },
        reconnection: true,
        loginParams: { early_sdp_answer: false },
        'User-Agent': userAgent,
        sessid,
      },
    },
    {
      name: 'an old client sends its loginParams as an array',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a03', 'login', {
        login: 'bob',
        passwd: 'bob',
        userVariables: {},
        loginParams: [],
        'User-Agent': 'Web-1.0.0',
      }),
      decoded: { login: 'bob', passwd: 'bob', userVariables: {} },
    },
    {
      name: 'a Parley client offers its capabilities, one of them from the future',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a04', 'login', {
        login: 'alice',
        passwd: 'correct horse',
        reconnection: false,
        'User-Agent': { sdkVersion: '2.28.0', data: 'Parley' },
        parley: { capabilities: ['iceServers', 'preAnswer', 'earlyMedia', 'teleport'] },
      }),
      decoded: {
        login: 'alice',
        passwd: 'correct horse',
        reconnection: false,
        'User-Agent': { sdkVersion: '2.28.0', data: 'Parley' },
        parley: { capabilities: ['iceServers', 'preAnswer', 'earlyMedia'] },
      },
    },
    {
      name: 'a Parley client comes back with what it knows of its calls',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a20', 'login', {
        login: 'alice',
        passwd: 'correct horse',
        reconnection: true,
        sessid,
        parley: {
          capabilities: ['recovery'],
          at: 1_800_000_000_123,
          instance: '0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a21',
          ended: ['c2'],
          calls: [{ callID: 'c1', epoch: 1, media: 'lost' }],
        },
      }),
      decoded: {
        login: 'alice',
        passwd: 'correct horse',
        reconnection: true,
        sessid,
        parley: {
          capabilities: ['recovery'],
          at: 1_800_000_000_123,
          instance: '0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a21',
          ended: ['c2'],
          calls: [{ callID: 'c1', epoch: 1, media: 'lost' }],
        },
      },
    },
  ],
  anonymous_login: [
    {
      name: 'an official client logs in anonymously for an assistant',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a05', 'anonymous_login', {
        target_type: 'ai_assistant',
        target_id: 'assistant-1',
        userVariables: { a: 1 },
        reconnection: false,
        'User-Agent': userAgent,
        sessid,
        target_version_id: 'v2',
        target_params: { conversation_id: 'c-1', anyKey: 'passed through' },
      }),
      decoded: {
        target_type: 'ai_assistant',
        target_id: 'assistant-1',
        userVariables: { a: 1 },
        reconnection: false,
        'User-Agent': userAgent,
        sessid,
        target_version_id: 'v2',
        target_params: { conversation_id: 'c-1', anyKey: 'passed through' },
      },
    },
  ],
  'telnyx_rtc.gatewayState': [
    {
      name: 'a client asks for its registration',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a06', 'telnyx_rtc.gatewayState', {}, 'VSDK-AAA'),
      decoded: {},
    },
  ],
  'telnyx_rtc.ping': [
    {
      name: 'a client answers a ping of the gateway',
      frame: request('d0bf9f1e-5a3e-4a39-8a5f-4e2f0f6f7a07', 'telnyx_rtc.ping', {}, 'VSDK-AAA'),
      decoded: {},
    },
  ],
  'telnyx_rtc.subscribe': [
    {
      name: 'a client subscribes to channels',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a08', 'telnyx_rtc.subscribe', {
        sessid,
        eventChannel: ['ch1', 'ch2'],
      }),
      decoded: { sessid, eventChannel: ['ch1', 'ch2'] },
    },
  ],
  'telnyx_rtc.unsubscribe': [
    {
      name: 'a client leaves a channel',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a09', 'telnyx_rtc.unsubscribe', {
        sessid,
        eventChannel: ['ch1'],
      }),
      decoded: { sessid, eventChannel: ['ch1'] },
    },
  ],
  'telnyx_rtc.broadcast': [
    {
      name: 'a client sends to a channel',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a0a', 'telnyx_rtc.broadcast', {
        sessid,
        eventChannel: 'ch1',
        data: { liveArray: { command: 'bootstrap' } },
      }),
      decoded: { sessid, eventChannel: 'ch1', data: { liveArray: { command: 'bootstrap' } } },
    },
  ],
  ai_conversation: [
    {
      name: 'a client adds a text and an image to a conversation',
      frame: request('0f1c6ad2-5a3e-4a39-8a5f-4e2f0f6f7a0b', 'ai_conversation', {
        type: 'conversation.item.create',
        previous_item_id: null,
        item: {
          id: 'item-1',
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          ],
        },
      }),
      decoded: {
        type: 'conversation.item.create',
        item: {
          id: 'item-1',
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          ],
        },
      },
    },
    {
      name: 'an application returns the output of a function, without waiting for an answer',
      frame: {
        jsonrpc: '2.0',
        method: 'ai_conversation',
        params: {
          type: 'conversation.item.create',
          item: { type: 'function_call_output', call_id: 'x', output: '{"celsius":21}' },
        },
      },
      decoded: {
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: 'x', output: '{"celsius":21}' },
      },
    },
    {
      name: 'an application asks for the audio stream of the assistant',
      frame: {
        jsonrpc: '2.0',
        method: 'ai_conversation',
        params: { type: 'conversation.item.create', item: { type: 'response.audio_stream.subscribe' } },
      },
      decoded: { type: 'conversation.item.create', item: { type: 'response.audio_stream.subscribe' } },
    },
  ],
};
