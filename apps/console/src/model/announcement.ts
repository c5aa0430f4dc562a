import type { Account } from './account.ts';
import type { CallView } from './call-view.ts';
import { type Calls, callsGoingOn } from './calls.ts';
import { connectionSentence, troubleConnecting } from './connection.ts';
import type { Notices } from './notices.ts';
import type { Sentence } from './sentence.ts';

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
  return before.account === after.account ? null : accountNews(before.account, after);
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
  if (before.phase !== after.phase) return phaseNews(after);
  if (before.interrupted !== after.interrupted) {
    return after.interrupted
      ? `The sound of the call with ${after.who} is interrupted. It is being restored.`
      : `The sound of the call with ${after.who} is back.`;
  }
  if (before.muted !== after.muted) return after.muted ? 'Your microphone is off.' : 'Your microphone is on.';
  if (before.silenced !== after.silenced)
    return after.silenced ? 'This tab is silent.' : 'This tab has sound.';
  return null;
}

function phaseNews({ phase, who }: CallView): string | null {
  switch (phase) {
    case 'ringing':
      return `Ringing at ${who}.`;
    case 'talking':
      return `You are talking with ${who}.`;
    case 'held':
      return `${who} is on hold.`;
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
  return { text: spoken(fresh.sentence), urgent: fresh.tone === 'error' };
}

function spoken({ what, todo }: Sentence): string {
  return [what, todo].filter(Boolean).join(' ');
}

function accountNews(before: Account, { account, calls }: Seen): Announcement | null {
  if (account.status === 'signed-out') {
    return { text: account.problem?.what ?? 'Signed out.', urgent: account.problem !== null };
  }
  const { status, connection } = account;
  if (status === 'connecting') {
    if (before.status !== status) return { text: 'Signing in.', urgent: false };
    const trouble = troubleConnecting(connection);
    const isNew = trouble !== null && troubleConnecting(before.connection)?.what !== trouble.what;
    return isNew ? { text: trouble.what, urgent: false } : null;
  }
  if (before.status !== status) return { text: 'Signed in. You can call and be called.', urgent: false };
  if (before.connection.state === connection.state) return null;
  const sentence = connectionSentence(connection, callsGoingOn(calls));
  return sentence === null ? null : { text: spoken(sentence), urgent: true };
}
