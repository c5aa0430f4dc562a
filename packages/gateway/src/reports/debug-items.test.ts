import type { DebugReportFrame } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { debugItemOf } from './debug-items.ts';

const at = Date.parse('2026-01-31T12:00:00Z');
const timestamp = '2026-01-31T11:59:59.000Z';
const frame = { jsonrpc: '2.0', id: '1', debug_report_id: 'd', call_id: 'c' } as const;
const data = (debug_report_data: unknown): DebugReportFrame => ({
  ...frame,
  type: 'debug_report_data',
  debug_report_data,
});

describe('a frame of a debug stream', () => {
  it('that begins or ends it, is a record of the time when it was sent', () => {
    const items = (['debug_report_start', 'debug_report_stop'] as const).map((type) =>
      debugItemOf({ ...frame, type }, at),
    );
    expect(items).toMatchObject([
      { kind: 'debug', item: { timestamp: '2026-01-31T12:00:00.000Z', context: { event: 'start' } } },
      { kind: 'debug', item: { context: { event: 'stop' } } },
    ]);
  });

  it('with a record or a row of Parley, is that', () => {
    const record = {
      timestamp,
      level: 'warn',
      message: 'Lost.',
      context: { category: 'media', event: 'lost' },
    };
    expect(debugItemOf(data({ record }), at)).toEqual({ kind: 'debug', item: record });
    const row = { intervalStartUtc: timestamp, intervalEndUtc: timestamp, audio: {}, quality: { mos: 4 } };
    expect(debugItemOf(data({ row }), at)).toEqual({ kind: 'debugRows', item: row });
  });

  it('of an official client, is a record of its event, without all of the statistics', () => {
    const event = {
      event: 'oniceconnectionstatechange',
      tag: 'connection',
      timestamp: Date.parse(timestamp),
      data: 'connected',
      statsObject: { huge: 'x'.repeat(20_000) },
    };
    expect(debugItemOf(data(event), at)).toEqual({
      kind: 'debug',
      item: {
        timestamp,
        level: 'debug',
        message: 'oniceconnectionstatechange',
        context: { category: 'debug', event: event.event, tag: 'connection', data: 'connected' },
      },
    });
  });

  it('with secrets, is free of them', () => {
    const secret = { login: 'alice', passwd: 'hunter22', text: JSON.stringify({ password: 'hunter22' }) };
    const record = { timestamp, level: 'info', message: 'password=hunter22', context: { secret } };
    for (const part of [{ record }, { event: 'onicecandidate', data: secret }]) {
      const item = JSON.stringify(debugItemOf(data(part), at));
      expect(item).toContain('[redacted]');
      expect(item).not.toContain('hunter22');
    }
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'record'],
    ['no event', { tag: 'stats' }],
    ['a record of no known level', { record: { timestamp, level: 'loud', message: '' } }],
    ['a record of no time', { record: { timestamp: 'now', level: 'info', message: '' } }],
    ['a record too large', { record: { timestamp, level: 'info', message: 'x'.repeat(17_000) } }],
    ['a row without sound', { row: { intervalStartUtc: timestamp, intervalEndUtc: timestamp } }],
  ])('with %s, is of no use', (_, part) => {
    expect(debugItemOf(data(part), at)).toBeNull();
  });
});
