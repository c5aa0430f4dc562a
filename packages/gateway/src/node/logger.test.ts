import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(level: string, write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  write(createLogger(level, { write: (line) => void lines.push(line) }));
  return lines;
}

describe('the log', () => {
  it('of an event, is one line of JSON with its time and its level in words', () => {
    const lines = logged('info', (log) => {
      log.info({ callId: 'c\n1', userAgent: '\u001b[31m"}\r\n' }, 'call started');
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{"level":"info","time":"\d{4}-\d\d-\d\dT.*Z",[^\n\r]*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ callId: 'c\n1', msg: 'call started' });
  });

  it('of an error, has its stack', () => {
    const lines = logged('info', (log) => {
      log.error({ err: new Error('disk full') }, 'a request failed');
    });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { message: 'disk full', stack: expect.any(String) },
    });
  });

  it('of secrets that somebody logs by mistake, has none', () => {
    const params = { login: 'alice', passwd: 'hunter22', login_token: 'hunter22' };
    const lines = logged('info', (log) => {
      log.info({ password: 'hunter22', params, frame: { params } }, 'frame');
    });
    expect(lines[0]).not.toContain('hunter22');
    expect(lines[0]).toContain('alice');
  });

  it('below its level, is silent', () => {
    expect(
      logged('warn', (log) => {
        log.info({}, 'x');
      }),
    ).toEqual([]);
  });
});
