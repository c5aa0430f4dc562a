import type { Fault } from '@parley/webrtc/simulate';
import { snapshot } from './call-view.ts';
import { othersTalking } from './calls.ts';
import { parseTabMessage } from './howl.ts';
import { Line } from './line.ts';
import { nextExpiry } from './notices.ts';
import {
  type PhoneEvent,
  type PhoneState,
  deviceChanges,
  devicesInUse,
  newPhone,
  ringOf,
  tabCalls,
  transition,
} from './phone-state.ts';
import type { PhonePorts } from './ports.ts';
import type { Credentials, PhoneCall, PhoneClient } from './sdk.ts';
import { type Settings, parseSettings } from './settings.ts';
import { errorTrouble, warningTrouble } from './troubles.ts';

const PLAYBACK_BLOCKED = 33101;

/** The page's state, and what a person can do. Everything here is for one person at a time in one tab. */
export class Phone {
  readonly #ports: PhonePorts;
  readonly #listeners = new Set<() => void>();
  readonly #line: Line;
  #state: PhoneState;
  #disarm: () => void = () => undefined;

  constructor(ports: PhonePorts) {
    this.#ports = ports;
    this.#line = new Line(ports, {
      connection: (event) => this.#dispatch({ type: 'connection', event }),
      call: (call) => this.#changed(call),
      trouble: (tone, code, callId) => this.#trouble(tone, code, callId),
    });
    this.#state = newPhone(parseSettings(ports.storage.read()));
  }

  get state(): PhoneState {
    return this.#state;
  }

  get canChooseSpeaker(): boolean {
    return this.#ports.devices.canChooseSpeaker;
  }

  get canUseMicrophone(): boolean {
    return this.#ports.devices.canUseMicrophone;
  }

  get microphoneRemedy(): string {
    return this.#ports.microphoneRemedy;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Listens to the devices and to the other tabs. Returns how to stop. */
  start(): () => void {
    const { devices, tabs, tab, playback } = this.#ports;
    playback.onPlaying(() => this.#dispatch({ type: 'sound-blocked', blocked: false }));
    const unlisten = [
      devices.onChange(() => void this.#findDevices()),
      tabs.listen((data) => this.#heardTab(data)),
    ];
    tabs.post({ type: 'who', tab });
    void this.#findDevices();
    return () => {
      for (const stop of unlisten) stop();
      this.leave();
    };
  }

  /** The page goes away: the other tabs need not wait for this one. */
  leave(): void {
    this.#ports.tabs.post({ type: 'calls', tab: this.#ports.tab, calls: [] });
    this.#disarm();
  }

  /** @param user shown and remembered; empty where a token says who it is. The credentials are not kept. */
  signIn(user: string, credentials: Credentials, gateway: string): void {
    this.#line.close();
    this.#dispatch({ type: 'account', event: { type: 'sign-in', user, gateway } });
    if (user !== '') this.#dispatch({ type: 'settings', change: { user } });
    try {
      const client = this.#line.open({ ...credentials, env: gateway, trickleIce: true });
      this.#applyDevices(client);
      this.#connect(client);
    } catch (error) {
      const problem = errorTrouble(codeOf(error) ?? 46002);
      this.#dispatch({ type: 'account', event: { type: 'unusable', problem } });
    }
  }

  /** Makes the next attempt now, or connects again after an end. */
  connectNow(): void {
    const { client } = this.#line;
    if (client === null) return;
    this.#dispatch({ type: 'account', event: { type: 'hurry' } });
    this.#connect(client);
  }

  /** The id of the session at the gateway; empty where there is none. */
  get sessionId(): string {
    return this.#line.client?.sessionid ?? '';
  }

  /** Breaks something of this page on purpose. @param seconds null for what does not last */
  makeFault(fault: Fault, seconds: number | null): void {
    const { client } = this.#line;
    if (client === null) return;
    this.#dispatch({ type: 'fault', name: fault, seconds });
    const over = (problem: string) => this.#dispatch({ type: 'fault-over', problem });
    this.#ports.makeFault(client, fault, seconds).then(
      () => over(''),
      (error: unknown) => over(error instanceof Error ? error.message : String(error)),
    );
  }

  /** Ends every call too. */
  signOut(): void {
    this.#dispatch({ type: 'account', event: { type: 'sign-out' } });
  }

  /** Puts whoever talks on hold, and calls. */
  dial(destination: string): void {
    const { client } = this.#line;
    if (client === null || destination.trim() === '') return;
    this.#dispatch({ type: 'attempt' });
    this.#holdOthers(null);
    try {
      this.#changed(this.#line.dial(client, destination.trim()));
    } catch (error) {
      this.#failed(error, null, 49001);
    }
  }

  /** Puts whoever talks on hold, and answers. */
  answer(id: string): void {
    const call = this.#line.call(id);
    if (call === undefined || this.#view(id)?.phase !== 'incoming') return;
    this.#dispatch({ type: 'attempt' });
    this.#holdOthers(id);
    this.#run(call, () => this.#line.answer(call));
  }

  /** Hangs up, cancels or declines. */
  hangUp(id: string): void {
    const call = this.#line.call(id);
    if (call === undefined) return;
    this.#dispatch({ type: 'call-action', id, change: { endedHere: true } });
    this.#run(call, () => call.hangup());
  }

  /** To resume a call puts whoever talks on hold. */
  toggleHold(id: string): void {
    const call = this.#line.call(id);
    const view = this.#view(id);
    if (call === undefined || view === undefined) return;
    if (view.phase !== 'held') return this.#run(call, () => call.hold());
    this.#holdOthers(id);
    this.#run(call, () => call.unhold());
  }

  toggleMute(id: string): void {
    const call = this.#line.call(id);
    if (call === undefined) return;
    if (call.isAudioMuted) call.unmuteAudio();
    else call.muteAudio();
    this.#changed(call);
  }

  /** Switches both directions of the call off in this tab, or on again. */
  toggleSilence(id: string): void {
    const call = this.#line.call(id);
    const view = this.#view(id);
    if (call === undefined || view === undefined) return;
    if (view.silenced) {
      call.undeaf();
      if (!view.mutedBefore) call.unmuteAudio();
      this.#dispatch({ type: 'call-action', id, change: { silenced: false } });
    } else {
      this.#dispatch({
        type: 'call-action',
        id,
        change: { silenced: true, mutedBefore: call.isAudioMuted },
      });
      call.deaf();
      call.muteAudio();
    }
    this.#changed(call);
  }

  /** @param digit one of `0`–`9`, `*`, `#`. */
  sendDigit(id: string, digit: string): void {
    const view = this.#view(id);
    if (view === undefined) return;
    this.#line.call(id)?.dtmf(digit);
    this.#dispatch({ type: 'call-action', id, change: { digits: view.digits + digit } });
  }

  changeSettings(change: Partial<Settings>): void {
    this.#dispatch({ type: 'settings', change });
  }

  dismiss(notice: string): void {
    this.#dispatch({ type: 'dismissed', notice });
  }

  /** The person says that nothing can howl. */
  usesHeadphones(): void {
    this.#dispatch({ type: 'headphones' });
  }

  /** Works within a click only. */
  unblockSound(): void {
    this.#ports.playback.unblock();
  }

  /** The sound of a call as it is at this moment; tracks and streams may change while it goes on. */
  streams(id: string): { local: MediaStream | null; remote: MediaStream | null } {
    const call = this.#line.call(id);
    return { local: call?.localStream ?? null, remote: call?.remoteStream ?? null };
  }

  #connect(client: PhoneClient): void {
    client.connect().catch((error: unknown) => this.#failed(error, null, 49001));
  }

  #changed(call: PhoneCall): void {
    this.#line.keep(call);
    this.#dispatch({ type: 'call', call: snapshot(call) });
  }

  #holdOthers(id: string | null): void {
    for (const view of othersTalking(this.#state.calls, id)) {
      const call = this.#line.call(view.id);
      if (call !== undefined) this.#run(call, () => call.hold());
    }
  }

  /** What fails after the call is gone is of no interest. */
  #run(call: PhoneCall, action: () => Promise<unknown>): void {
    action().catch((error: unknown) => {
      if (this.#view(call.id) !== undefined) this.#failed(error, call.id, 49001);
    });
  }

  #failed(error: unknown, callId: string | null, otherwise: number): void {
    this.#trouble('error', codeOf(error) ?? otherwise, callId);
  }

  #trouble(tone: 'error' | 'warning', code: number, callId: string | null): void {
    if (code === PLAYBACK_BLOCKED) this.#dispatch({ type: 'sound-blocked', blocked: true });
    const trouble = tone === 'error' ? errorTrouble(code) : warningTrouble(code);
    this.#dispatch({ type: 'trouble', tone, trouble, code, callId });
  }

  #view(id: string) {
    return this.#state.calls.live.find((view) => view.id === id);
  }

  async #findDevices(): Promise<void> {
    const devices = await this.#ports.devices.find();
    this.#dispatch({ type: 'devices', devices });
  }

  #heardTab(data: unknown): void {
    const message = parseTabMessage(data);
    if (message === undefined || message.tab === this.#ports.tab) return;
    if (message.type === 'who') this.#tellTabs();
    else this.#dispatch({ type: 'other-tab', tab: message.tab, calls: message.calls });
  }

  #tellTabs(): void {
    this.#ports.tabs.post({ type: 'calls', tab: this.#ports.tab, calls: tabCalls(this.#state) });
  }

  #dispatch(event: PhoneEvent): void {
    const { clock, microphoneRemedy } = this.#ports;
    const before = this.#state;
    this.#state = transition(before, event, { at: clock.now(), remedy: microphoneRemedy });
    if (this.#state === before) return;
    this.#follow(before, this.#state);
    for (const listener of this.#listeners) listener();
  }

  /** Brings the world in line with the state. */
  #follow(before: PhoneState, after: PhoneState): void {
    const { ringer, storage } = this.#ports;
    if (ringOf(before) !== ringOf(after)) ringer.ring(ringOf(after));
    if (before.settings !== after.settings) storage.write(JSON.stringify(after.settings));
    if (before.notices !== after.notices) this.#armExpiry();
    if (before.calls !== after.calls) this.#followCalls(before, after);
    if (before.settings !== after.settings || before.devices !== after.devices) {
      this.#followDevices(before, after);
    }
    if (after.account.status === 'signed-out' && this.#line.client !== null) this.#line.close();
  }

  #followCalls(before: PhoneState, after: PhoneState): void {
    const live = new Set(after.calls.live.map(({ id }) => id));
    for (const { id } of before.calls.live) if (!live.has(id)) this.#line.release(id);
    if (JSON.stringify(tabCalls(before)) !== JSON.stringify(tabCalls(after))) this.#tellTabs();
    // Names of devices are there only once the person has given the microphone.
    const firstTalk = after.calls.live.some(({ phase }) => phase === 'talking');
    if (firstTalk && after.devices.permission !== 'granted') void this.#findDevices();
  }

  #followDevices(before: PhoneState, after: PhoneState): void {
    if (this.#line.client !== null) this.#applyDevices(this.#line.client);
    const { microphone, speaker } = deviceChanges(before, after);
    for (const { id } of after.calls.live) {
      const call = this.#line.call(id);
      if (call === undefined) continue;
      if (microphone !== null) this.#run(call, () => call.setAudioInDevice(microphone));
      if (speaker !== null) this.#run(call, () => call.setAudioOutDevice(speaker));
    }
  }

  #applyDevices(client: PhoneClient): void {
    const { microphone, speaker } = devicesInUse(this.#state);
    client.micId = microphone;
    client.speaker = speaker;
  }

  #armExpiry(): void {
    this.#disarm();
    const { clock } = this.#ports;
    const expiry = nextExpiry(this.#state.notices);
    if (expiry === null) return;
    this.#disarm = clock.after(expiry - clock.now(), () => this.#dispatch({ type: 'time-passed' }));
  }
}

function codeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
