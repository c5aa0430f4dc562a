import type { RecordCategory } from '@parley/protocol';

import { readFields, readText, type Fields } from '../signaling/fields.ts';
import type { Happening } from './watch.ts';

/** What a report tells of something that happened; `callId`: of whose call, undefined: of every call. */
export interface Told {
  readonly category: RecordCategory;
  readonly event: string;
  readonly message: string;
  readonly details?: Fields;
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  readonly callId?: string | undefined;
}

/** Of what goes over the socket these say nothing of a call. */
const NOISE = new Set(['telnyx_rtc.ping', 'telnyx_rtc.candidate', 'telnyx_rtc.info', 'ai_conversation']);
/** Of a message, what a report holds: nothing that a person or an application has written. */
const KEPT = new Set(['cause', 'causeCode', 'sipCode', 'action', 'state', 'reattached_sessions']);

type Kind = readonly [category: RecordCategory, event: string, more?: Fields];

/** Of warnings, what their code does not tell by its range. */
const KINDS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [33001, ['media', 'lost']],
  [33004, ['media', 'lost']],
  [33101, ['device', 'failed', { kind: 'speaker' }]],
  [33102, ['device', 'lost', { kind: 'microphone' }]],
  [33103, ['device', 'lost', { kind: 'speaker' }]],
  [36003, ['connection', 'recovery']],
  [36004, ['media', 'recovery']],
]);

function kindOf(code: number): Kind {
  if (code < 33000) return ['quality', 'raised'];
  return code < 34000 ? ['media', 'warned'] : ['connection', 'warned'];
}

/** @returns undefined for what no report tells */
export function toldOf({ name, detail }: Happening): Told | undefined {
  switch (name) {
    case 'sent':
      return toldOfMessage('sent', detail.method, detail.params);
    case 'telnyx.socket.message': {
      const method = readText(detail, 'method');
      return method === undefined
        ? undefined
        : toldOfMessage('received', method, readFields(detail, 'params'));
    }
    case 'telnyx.connection': {
      const { attempt, closeCode, nextAttemptAt, reason, state } = detail;
      const details = { status: state, reason, attempt, closeCode, nextAttemptAt };
      const level = state === 'connected' || state === 'connecting' ? 'info' : 'warn';
      return { category: 'connection', event: 'status', message: `${state}: ${reason}`, details, level };
    }
    case 'telnyx.socket.close': {
      const { code }: CloseEvent = detail.event;
      return {
        category: 'connection',
        event: 'closed',
        message: `socket closed with ${code}`,
        details: { code },
      };
    }
    case 'telnyx.socket.open':
      return { category: 'connection', event: 'opened', message: 'socket opened' };
    case 'telnyx.warning': {
      const { callId, warning } = detail;
      const { code, name: word, message } = warning;
      const [category, event, more] = KINDS.get(code) ?? kindOf(code);
      const details = { code, name: word, ...more };
      return { category, event, message, details, level: 'warn', callId };
    }
    case 'telnyx.warning.cleared': {
      const { callId, warning } = detail;
      const { code, name: word, message } = warning;
      const details = { code, name: word };
      return { category: 'quality', event: 'cleared', message: `over: ${message}`, details, callId };
    }
    case 'telnyx.error': {
      const { callId, error } = detail;
      const { code, message, name: word } = error;
      const category = code >= 42000 && code < 43000 ? 'device' : code >= 45000 ? 'connection' : 'call';
      return { category, event: 'failed', message, details: { code, name: word }, level: 'error', callId };
    }
    default:
      return undefined;
  }
}

function toldOfMessage(event: 'sent' | 'received', method: string, params: Fields): Told | undefined {
  if (NOISE.has(method)) return undefined;
  const callId = readText(params, 'callID') ?? readText(readFields(params, 'dialogParams'), 'callID');
  const kept = Object.entries(params).filter(([name]) => KEPT.has(name));
  const details: Fields = { method, ...Object.fromEntries(kept) };
  const message = `${event === 'sent' ? '→' : '←'} ${method}`;
  return { category: 'signaling', event, message, details, level: 'debug', callId };
}
