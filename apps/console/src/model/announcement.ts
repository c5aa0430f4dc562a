import type { Account } from './account.ts';
import type { CallView } from './call-view.ts';
import type { Calls } from './calls.ts';
import type { Notices } from './notices.ts';

/** What a screen reader says. A new object is said again, even if its words are the same. */
export interface Announcement {
  text: string;
  /** Interrupts what is being read. */
  urgent: boolean;
}

interface Seen {
  account: Account;
  calls: Calls;
  notices: Notices;
  settings: { shortcuts: boolean };
}

/** The most important of what has changed; null where a person needs to hear nothing. */
export function announcementOf(before: Seen, after: Seen): Announcement | null {
  if (before.calls !== after.calls) {
    const call = callNews(before, after);
    if (call !== null) return call;
  }
  const news = before.notices === after.notices ? undefined : newNotice(before, after);
  if (news !== undefined) return news;
  return before.account === after.account ? null : accountNews(before.account, after.account);
}

function callNews(before: Seen, after: Seen): Announcement | null {
  for (const call of after.calls.live) {
    const known = before.calls.live.find(({ id }) => id === call.id);
    const text = known === undefined ? beginning(call, after) : change(known, call);
    if (text !== null) return { text, urgent: call.phase === 'incoming' };
  }
  const past = after.calls.past[0];
  if (past === undefined || past === before.calls.past[0]) return null;
  return { text: past.missed ? `Missed call from ${past.who}.` : past.sentence, urgent: false };
}

function beginning(call: CallView, { settings }: Seen): string | null {
  if (call.phase !== 'incoming') return `Calling ${call.who}.`;
  const keys = settings.shortcuts ? ' Press A to answer, D to decline.' : '';
  return `${call.who} is calling.${keys}`;
}

function change(before: CallView, after: CallView): string | null {
  if (before.phase !== after.phase) return phaseNews(before, after);
  if (before.muted !== after.muted) return after.muted ? 'Your microphone is off.' : 'Your microphone is on.';
  if (before.silenced !== after.silenced)
    return after.silenced ? 'This tab is silent.' : 'This tab has sound.';
  return null;
}

function phaseNews(before: CallView, { phase, who }: CallView): string | null {
  switch (phase) {
    case 'ringing':
      return `Ringing at ${who}.`;
    case 'talking':
      return before.phase === 'recovering' ? `${who} is back.` : `You are talking with ${who}.`;
    case 'held':
      return `${who} is on hold.`;
    case 'recovering':
      return `The call with ${who} is being repaired.`;
    case 'incoming':
    case 'answering':
    case 'calling':
      return null;
  }
}

function newNotice(before: Seen, after: Seen): Announcement | undefined {
  const known = new Set(before.notices.shown.map(({ id }) => id));
  const fresh = after.notices.shown.find(({ id }) => !known.has(id));
  if (fresh === undefined) return undefined;
  const { what, todo } = fresh.sentence;
  return { text: [what, todo].filter(Boolean).join(' '), urgent: fresh.tone === 'error' };
}

function accountNews(before: Account, after: Account): Announcement | null {
  const same = before.status === after.status;
  switch (after.status) {
    case 'signed-out':
      return { text: after.problem?.what ?? 'Signed out.', urgent: after.problem !== null };
    case 'connecting':
      if (!same) return { text: 'Signing in.', urgent: false };
      return after.problem === null ? null : { text: after.problem.what, urgent: false };
    case 'registered':
      return same ? null : { text: 'Signed in. You can call and be called.', urgent: false };
    case 'reconnecting':
      return same ? null : { text: 'The connection to the gateway is lost. Reconnecting.', urgent: true };
  }
}
