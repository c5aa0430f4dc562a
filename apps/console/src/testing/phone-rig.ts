import type { Device, FoundDevices } from '../model/devices.ts';
import type { TabMessage } from '../model/howl.ts';
import { Phone } from '../model/phone.ts';
import { FakeClient, FakePlayback } from './fake-client.ts';

export const ALLOWED: FoundDevices = {
  permission: 'granted',
  microphones: [device('built-in'), device('headset')],
  speakers: [device('built-in'), device('headset')],
};

export function device(id: string): Device {
  return { id, label: id };
}

/** A phone whose world is in the hands of a test. */
export function phoneRig(stored: string | null = null) {
  const clients: FakeClient[] = [];
  const rings: string[] = [];
  const posted: TabMessage[] = [];
  const timers: { at: number; listener: () => void }[] = [];
  const faults: { fault: string; seconds: number | null; over: (error?: Error) => void }[] = [];
  const world = { time: 1_000_000, devices: ALLOWED, stored, refuses: null as Error | null };
  let tellDevices: () => void = () => undefined;
  let tellTab: (data: unknown) => void = () => undefined;
  // The model hands elements on and never looks into them.
  const playback = new FakePlayback(() => ({}) as HTMLMediaElement);

  const phone = new Phone({
    createClient: (options) => {
      if (world.refuses !== null) throw world.refuses;
      const client = new FakeClient(options);
      clients.push(client);
      return client;
    },
    makeFault: (_client, fault, seconds) =>
      new Promise((resolve, reject) => {
        const over = (error?: Error) => (error === undefined ? resolve() : reject(error));
        faults.push({ fault, seconds, over });
      }),
    clock: {
      now: () => world.time,
      after: (ms, listener) => {
        const timer = { at: world.time + ms, listener };
        timers.push(timer);
        return () => {
          const index = timers.indexOf(timer);
          if (index >= 0) timers.splice(index, 1);
        };
      },
    },
    devices: {
      canChooseSpeaker: true,
      canUseMicrophone: true,
      find: async () => world.devices,
      onChange: (listener) => {
        tellDevices = listener;
        return () => undefined;
      },
    },
    playback,
    ringer: { ring: (how) => rings.push(how) },
    tabs: {
      post: (message) => posted.push(message),
      listen: (listener) => {
        tellTab = listener;
        return () => undefined;
      },
    },
    storage: { read: () => world.stored, write: (text) => (world.stored = text) },
    tab: 'here',
    microphoneRemedy: 'Allow it in the settings.',
  });
  phone.start();

  const client = () => {
    const last = clients.at(-1);
    if (last === undefined) throw new Error('Nobody has signed in.');
    return last;
  };
  const lastCall = () => {
    const call = client().calls.at(-1);
    if (call === undefined) throw new Error('There is no call.');
    return call;
  };
  return {
    phone,
    playback,
    rings,
    posted,
    world,
    /** What was broken on purpose, in order. */
    faults,
    client,
    lastCall,
    timers,
    /** alice has signed in, and the gateway knows her. */
    signedIn() {
      phone.signIn('alice', { login: 'alice', password: 'secret word' }, 'ws://gateway');
      client().tell('connected');
      return client();
    },
    /** alice has called somebody who answered. */
    talkingTo(who: string) {
      phone.dial(who);
      const call = lastCall();
      call.become('active');
      return call;
    },
    pass(ms: number) {
      world.time += ms;
      for (const timer of timers.filter(({ at }) => at <= world.time)) timer.listener();
    },
    async plug(devices: FoundDevices) {
      world.devices = devices;
      tellDevices();
      await settled();
    },
    hearTab: (data: unknown) => tellTab(data),
  };
}

/** Lets promises that are ready run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}
