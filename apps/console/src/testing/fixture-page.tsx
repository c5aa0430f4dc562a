import '../console.css';
import type { FoundDevices } from '../model/devices.ts';
import { browserFamily, microphoneRemedy } from '../model/microphone-remedy.ts';
import { Phone } from '../model/phone.ts';
import { show } from '../ui/show.tsx';
import { FakeClient, FakePlayback } from './fake-client.ts';
import { MADE_UP_CALLS, eventfulCall, liveMadeUpCall } from './made-up-call.ts';

/**
 * Every state of the page without a gateway, for the eye and for the accessibility checks: `/fixtures.html?talking`.
 * Served in development only.
 */

const DEVICES: FoundDevices = {
  permission: 'granted',
  microphones: [
    { id: 'a', label: 'Built-in microphone' },
    { id: 'b', label: 'USB headset' },
  ],
  speakers: [
    { id: 'c', label: 'Built-in speakers' },
    { id: 'd', label: 'USB headset' },
  ],
};

const SESSIONS = [
  { id: 'session-here', sip_username: 'alice', state: 'attached', calls: [{ state: 'established' }] },
  { id: 'session-elsewhere', sip_username: 'bob', state: 'held', calls: [] },
];

const MINUTE = 60_000;
const fixture = new URLSearchParams(location.search).keys().next().value ?? 'idle';

let time = new Date(2026, 4, 12, 14, 32, 5).getTime();
const clients: FakeClient[] = [];
let tellTab: (data: unknown) => void = () => undefined;
let devices = DEVICES;
let tellDevices: () => void = () => undefined;
const playback = new FakePlayback(() => document.createElement('audio'));

const phone = new Phone({
  createClient: (options) => {
    const client = new FakeClient(options);
    clients.push(client);
    return client;
  },
  makeFault: () => new Promise(() => undefined),
  clock: { now: () => time, after: () => () => undefined },
  devices: {
    canChooseSpeaker: true,
    canUseMicrophone: fixture !== 'insecure',
    find: async () => devices,
    onChange: (listener) => {
      tellDevices = listener;
      return () => undefined;
    },
  },
  playback,
  ringer: { ring: () => undefined },
  tabs: {
    post: () => undefined,
    listen: (listener) => {
      tellTab = listener;
      return () => undefined;
    },
  },
  storage: { read: () => null, write: () => undefined },
  tab: 'this',
  microphoneRemedy: microphoneRemedy(browserFamily(navigator.userAgent)),
});

function signedIn(): FakeClient {
  phone.signIn('alice', { login: 'alice', password: 'alice' }, 'ws://localhost:8080');
  const client = clients.at(-1);
  if (client === undefined) throw new Error('There is no client.');
  client.tell('connected');
  return client;
}

function talkingTo(client: FakeClient, who: string, ms = 0) {
  phone.dial(who);
  const call = client.calls.at(-1);
  if (call === undefined) throw new Error('There is no call.');
  call.become('active');
  time += ms;
  return call;
}

function withHistory(client: FakeClient): void {
  talkingTo(client, 'echo', 23_000).end({ causeCode: 16 });
  time += 4 * MINUTE;
  client.ring('Dana Whitfield', '+15550142').end({ cause: 'ORIGINATOR_CANCEL', sipCode: 487 });
  time += 7 * MINUTE;
  phone.dial('carol');
  client.calls.at(-1)?.end({ causeCode: 20, sipCode: 480 });
  time += 2 * MINUTE;
}

const FIXTURES: ReadonlyMap<string, () => void> = new Map([
  ['signed-out', () => undefined],
  ['insecure', () => undefined],
  [
    'refused',
    () => {
      phone.signIn('alice', { login: 'alice', password: 'x' }, 'ws://localhost:8080');
      clients.at(-1)?.tell('disconnected', { reason: 'login-refused' });
    },
  ],
  [
    'connecting',
    () => {
      phone.signIn('alice', { login: 'alice', password: 'x' }, 'ws://localhost:8080');
      clients.at(-1)?.tell('connecting', { attempt: 2, nextAttemptAt: time + 3_000 });
    },
  ],
  [
    'idle',
    () => {
      signedIn();
    },
  ],
  ['history', () => withHistory(signedIn())],
  [
    'calling',
    () => {
      signedIn();
      phone.dial('bob');
    },
  ],
  [
    'incoming',
    () => {
      const client = signedIn();
      withHistory(client);
      client.ring('Bob Okafor', '+15550117');
    },
  ],
  [
    'talking',
    () => {
      const client = signedIn();
      withHistory(client);
      talkingTo(client, 'bob', 3 * MINUTE + 12_000);
    },
  ],
  [
    'several',
    () => {
      const client = signedIn();
      withHistory(client);
      talkingTo(client, 'bob', 3 * MINUTE);
      talkingTo(client, 'carol', 42_000);
      client.ring('Dana Whitfield', '+15550142');
    },
  ],
  [
    'troubles',
    () => {
      const client = signedIn();
      const call = talkingTo(client, 'bob', MINUTE);
      client.warn(31003, call.id);
      client.fail(44001, call.id);
      client.fail(40005);
      client.warn(34001);
      client.tell('reconnecting', { attempt: 3, nextAttemptAt: time + 7_000 });
      client.warn(33101, call.id);
    },
  ],
  [
    'faults',
    () => {
      talkingTo(signedIn(), 'bob', MINUTE);
      phone.makeFault('half-open', 20);
    },
  ],
  ['faults-idle', () => void signedIn()],
  ['interrupted', () => talkingTo(signedIn(), 'bob', MINUTE).become('active', 'interrupted')],
  ['offline', () => signedIn().tell('offline')],
  ['displaced', () => signedIn().tell('disconnected', { reason: 'displaced' })],
  [
    'howling',
    () => {
      const call = talkingTo(signedIn(), 'bob', 5000);
      const calls = [{ session: call.telnyxIDs.telnyxSessionId, sends: true, plays: true }];
      tellTab({ type: 'calls', tab: 'other', calls });
    },
  ],
  [
    'silenced',
    () => {
      phone.toggleSilence(talkingTo(signedIn(), 'bob', 5000).id);
    },
  ],
  [
    'denied',
    () => {
      devices = { ...DEVICES, permission: 'denied' };
      tellDevices();
      const client = signedIn();
      phone.dial('bob');
      const call = client.calls.at(-1);
      client.fail(42001, call?.id);
      call?.end({ causeCode: 17 });
    },
  ],
  [
    'asking',
    () => {
      devices = { ...DEVICES, permission: 'prompt', microphones: [{ id: '', label: '' }], speakers: [] };
      tellDevices();
      signedIn();
      phone.dial('bob');
    },
  ],
]);

phone.start();
FIXTURES.get(fixture)?.();
const root = document.getElementById('console');
if (root === null) throw new Error('The page has no element with the id "console".');
show(
  {
    phone,
    watchLevel: (_stream, onLevel) => {
      onLevel(0.62);
      return () => undefined;
    },
    now: () => time,
    gateway: 'ws://localhost:8080',
    pageOrigin: 'http://localhost:8080',
    faults: fixture.startsWith('faults'),
    askGateway: async (authorization, path) => ({
      status: authorization.includes('WRONG') ? 401 : 200,
      body: path.startsWith('calls') ? { data: MADE_UP_CALLS } : { data: SESSIONS },
    }),
    followGateway: (_, path, { onData, onEnd }) => {
      const file = path.includes('live') ? liveMadeUpCall() : eventfulCall();
      onData({ type: 'file', file });
      if (file.call.endedAt !== undefined) onEnd({ status: 200, body: undefined });
      return () => undefined;
    },
    saveFile: () => undefined,
  },
  root,
);
