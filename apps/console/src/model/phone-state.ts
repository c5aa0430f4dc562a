import { type Account, type AccountEvent, SIGNED_OUT, account, isConnected } from './account.ts';
import { type Announcement, announcementOf } from './announcement.ts';
import type { CallSnapshot, CallView } from './call-view.ts';
import { type Calls, NO_CALLS, type PastCall, callChanged, callFailed, changeCall } from './calls.ts';
import { connectionOf } from './connection.ts';
import type { GoingFault } from './faults.ts';
import { type FoundDevices, NO_DEVICES, inUse, systemDevice } from './devices.ts';
import { type TabCall, howlingSessions } from './howl.ts';
import {
  type Notices,
  NO_NOTICES,
  type Tone,
  occurred,
  withoutCallsOtherThan,
  withoutErrors,
  withoutExpired,
  withoutGoodNews,
  withoutNotice,
} from './notices.ts';
import type { ConnectionEvent } from './sdk.ts';
import { fillIn } from './sentence.ts';
import type { Settings } from './settings.ts';
import type { Trouble } from './troubles.ts';

/** All that the page shows. */
export interface PhoneState {
  account: Account;
  calls: Calls;
  notices: Notices;
  devices: FoundDevices;
  settings: Settings;
  /** The browser keeps the far end's sound back until the person clicks. */
  soundBlocked: boolean;
  /** The calls of other tabs of this browser. */
  otherTabs: ReadonlyMap<string, readonly TabCall[]>;
  /** This person uses headphones: two tabs cannot howl. */
  headphones: boolean;
  /** A fault of this page that was made on purpose and lasts. */
  fault: GoingFault | null;
  announcement: Announcement | null;
}

export type PhoneEvent =
  | { type: 'account'; event: Exclude<AccountEvent, { type: 'connection' }> }
  | { type: 'connection'; event: ConnectionEvent }
  | { type: 'call'; call: CallSnapshot }
  | {
      type: 'call-action';
      id: string;
      change: Partial<Pick<CallView, 'endedHere' | 'silenced' | 'mutedBefore' | 'digits'>>;
    }
  | { type: 'attempt' }
  | { type: 'trouble'; tone: Tone; trouble: Trouble; code: number | null; callId: string | null }
  | { type: 'dismissed'; notice: string }
  | { type: 'time-passed' }
  | { type: 'devices'; devices: FoundDevices }
  | { type: 'settings'; change: Partial<Settings> }
  | { type: 'sound-blocked'; blocked: boolean }
  | { type: 'other-tab'; tab: string; calls: readonly TabCall[] }
  | { type: 'headphones' }
  | { type: 'fault'; name: string; seconds: number | null }
  /** `problem`: why it could not be made; empty where it could. */
  | { type: 'fault-over'; problem: string };

/** What the state does not know: the time, and how this browser is told to give the microphone. */
export interface Moment {
  at: number;
  remedy: string;
}

export function newPhone(settings: Settings): PhoneState {
  return {
    account: SIGNED_OUT,
    calls: NO_CALLS,
    notices: NO_NOTICES,
    devices: NO_DEVICES,
    settings,
    soundBlocked: false,
    otherTabs: new Map(),
    headphones: false,
    fault: null,
    announcement: null,
  };
}

export function transition(before: PhoneState, event: PhoneEvent, moment: Moment): PhoneState {
  const after = settled(before, step(before, event, moment), moment);
  const announcement = announcementOf(before, after);
  return announcement === null ? after : { ...after, announcement };
}

function step(state: PhoneState, event: PhoneEvent, moment: Moment): PhoneState {
  switch (event.type) {
    case 'account':
      return withAccount(state, event.event);
    case 'connection':
      return withAccount(state, {
        type: 'connection',
        connection: connectionOf(event.event),
        inCall: state.calls.live.length > 0,
      });
    case 'call':
      return { ...state, calls: callChanged(state.calls, event.call, moment.at) };
    case 'call-action':
      return { ...state, calls: changeCall(state.calls, event.id, event.change) };
    case 'attempt':
      return { ...state, notices: withoutErrors(state.notices) };
    case 'trouble':
      return troubled(state, event, moment);
    case 'dismissed':
      return { ...state, notices: withoutNotice(state.notices, event.notice) };
    case 'time-passed':
      return { ...state, notices: withoutExpired(state.notices, moment.at) };
    case 'devices':
      return { ...state, devices: event.devices };
    case 'settings':
      return { ...state, settings: { ...state.settings, ...event.change } };
    case 'sound-blocked':
      return state.soundBlocked === event.blocked ? state : { ...state, soundBlocked: event.blocked };
    case 'other-tab':
      return { ...state, otherTabs: withTab(state.otherTabs, event.tab, event.calls) };
    case 'headphones':
      return { ...state, headphones: true };
    case 'fault':
      return faultMade(state, event, moment);
    case 'fault-over':
      return event.problem === ''
        ? { ...state, fault: null }
        : told({ ...state, fault: null }, 'error', { place: 'page', what: event.problem, todo: '' }, moment);
  }
}

function faultMade(
  state: PhoneState,
  { name, seconds }: Extract<PhoneEvent, { type: 'fault' }>,
  moment: Moment,
): PhoneState {
  const what = `Broken on purpose: ${name}${seconds === null ? '' : ` for ${seconds} s`}.`;
  const fault = seconds === null ? state.fault : { name, until: moment.at + seconds * 1000 };
  return told({ ...state, fault }, 'warning', { place: 'log', what, todo: '' }, moment);
}

function withTab(tabs: PhoneState['otherTabs'], tab: string, calls: readonly TabCall[]) {
  const others = new Map(tabs);
  if (calls.length === 0) others.delete(tab);
  else others.set(tab, calls);
  return others;
}

function withAccount(state: PhoneState, event: AccountEvent): PhoneState {
  const next = account(state.account, event);
  return next === state.account ? state : { ...state, account: next };
}

/** What follows from a step, whichever it was. */
function settled(before: PhoneState, stepped: PhoneState, moment: Moment): PhoneState {
  let state = stepped;
  const ids = state.calls.live.map(({ id }) => id);
  const notices = withoutCallsOtherThan(state.notices, ids);
  if (notices !== state.notices) state = { ...state, notices };
  if (before.calls.live.length > 0 && ids.length === 0) {
    state = { ...state, account: account(state.account, { type: 'last-call-ended' }), soundBlocked: false };
  }
  if (before.account.status === 'signed-in' && !isConnected(before.account) && isConnected(state.account)) {
    state = told(state, 'good', BACK, moment);
  }
  if (!isConnected(state.account)) {
    state = { ...state, notices: withoutGoodNews(state.notices) };
  }
  return before.account.status !== 'signed-out' && state.account.status === 'signed-out'
    ? forgotten(state)
    : state;
}

/** The next person at this computer does not see whom the last one called. */
function forgotten({ account: signedOut, devices, settings, otherTabs }: PhoneState): PhoneState {
  return { ...newPhone(settings), account: signedOut, devices, otherTabs };
}

/** What concerns the whole page, and has no code. */
function told(state: PhoneState, tone: Tone, trouble: Trouble, { at, remedy }: Moment): PhoneState {
  const occurrence = { tone, trouble, code: null, callId: null, words: { who: '', remedy } };
  return { ...state, notices: occurred(state.notices, occurrence, at) };
}

const BACK: Trouble = { place: 'page', what: 'Connected again.', todo: '' };

function troubled(
  state: PhoneState,
  { tone, trouble, code, callId }: Extract<PhoneEvent, { type: 'trouble' }>,
  { at, remedy }: Moment,
): PhoneState {
  const call = [...state.calls.live, ...state.calls.past].find(({ id }) => id === callId);
  const words = { who: call?.who ?? 'the other side', remedy };
  const notices = occurred(state.notices, { tone, trouble, code, callId, words }, at);
  const endsCall = tone === 'error' && trouble.place === 'page' && callId !== null;
  if (!endsCall || (call !== undefined && isTalk(call) && MICROPHONE.has(code))) return { ...state, notices };
  return { ...state, notices, calls: callFailed(state.calls, callId, fillIn(trouble, words).what) };
}

/** A call that is going on keeps the microphone that it has when another cannot be opened. */
const MICROPHONE: ReadonlySet<number | null> = new Set([42001, 42002, 42003]);

function isTalk(call: CallView | PastCall): boolean {
  return 'talkedMs' in call ? call.talkedMs !== null : call.answeredAt !== null;
}

/** What other tabs need to know of the calls here. */
export function tabCalls({ calls }: PhoneState): readonly TabCall[] {
  return calls.live
    .filter(({ phase, session }) => phase === 'talking' && session !== '')
    .map(({ session, muted, silenced }) => ({ session, sends: !muted, plays: !silenced }));
}

/** The call whose far end sits in another tab of this browser and hears itself; undefined where none does. */
export function howlingCall(state: PhoneState): CallView | undefined {
  if (state.headphones) return undefined;
  const sessions = howlingSessions(tabCalls(state), state.otherTabs.values());
  return state.calls.live.find(({ session }) => sessions.includes(session));
}

/** How the phone should ring: a person who is talking hears a knock instead of a bell. */
export function ringOf({ calls }: PhoneState): 'silent' | 'bell' | 'knock' {
  if (!calls.live.some(({ phase }) => phase === 'incoming')) return 'silent';
  return calls.live.some(({ phase }) => phase === 'talking') ? 'knock' : 'bell';
}

/** What calls use now; empty: as the system chooses. */
export function devicesInUse({ settings, devices }: PhoneState) {
  return {
    microphone: inUse(settings.microphone, devices.microphones),
    speaker: inUse(settings.speaker, devices.speakers),
  };
}

/** What calls that are going on must change to; null: leave it. */
export function deviceChanges(before: PhoneState, after: PhoneState) {
  const [was, is] = [devicesInUse(before), devicesInUse(after)];
  const change = (kind: 'microphone' | 'speaker') => {
    // What replaces an unplugged device is the SDK's affair, which knows of it first.
    const unplugged = is[kind] === '' && before.settings[kind] === after.settings[kind];
    return is[kind] === was[kind] || unplugged ? null : is[kind];
  };
  const microphone = change('microphone');
  return {
    microphone: microphone === '' ? systemDevice(after.devices.microphones) : microphone,
    speaker: change('speaker'),
  };
}
