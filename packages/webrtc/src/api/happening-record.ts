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
      const isDevice = code === 33102 || code === 33103 || code === 33101;
      const told = { message, details: { code, name: word }, level: 'warn', callId } as const;
      if (isDevice) {
        const kind = code === 33102 ? 'microphone' : 'speaker';
        return { ...told, category: 'device', event: 'lost', details: { ...told.details, kind } };
      }
      return { ...told, category: code < 33000 ? 'quality' : 'media', event: 'warned' };
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
