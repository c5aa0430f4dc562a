import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { endPrograms, run } from './program.fixture.ts';

const slow = { timeout: 60_000 };

afterEach(endPrograms);

describe('parley-gateway start', () => {
  it(
    'with demo users, prints the API key once and the ready line, and ends in good order',
    slow,
    async () => {
      const data = join(await temporaryFolder(), 'data');
      const first = run('start', '--port', '0', '--no-turn', '--demo', '--data', data);
      const [keyLine = '', readyLine = ''] = await first.ready();
      const [, key = ''] = /^API key of the demonstration, shown this once: (KEY\S+)$/.exec(keyLine) ?? [];
      const [, url = ''] = /^Parley is ready: (http:\/\/127\.0\.0\.1:\d+)$/.exec(readyLine) ?? [];
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const list = await fetch(`${url}/v2/telephony_credentials`, {
        headers: { authorization: `Bearer ${key}` },
      });
      expect(await list.json()).toMatchObject({ meta: { total_results: 2 } });
      first.child.kill('SIGTERM');
      expect(await first.ended).toBe(0);
      for (const line of first.stderr().trimEnd().split('\n')) {
        if (line.startsWith('{')) expect(JSON.parse(line)).toHaveProperty('msg');
      }
      expect(first.stderr()).not.toContain(key);

      const second = run('start', '--port', '0', '--no-turn', '--demo', '--data', data);
      expect(await second.ready()).toEqual([expect.stringMatching(/^Parley is ready: /)]);
      second.child.kill('SIGINT');
      expect(await second.ended).toBe(0);
    },
  );

  it('told twice to stop, stops at once', slow, async () => {
    const gateway = run(
      'start',
      '--port',
      '0',
      '--no-turn',
      '--demo',
      '--data',
      join(await temporaryFolder(), 'data'),
    );
    const [keyLine = '', readyLine = ''] = await gateway.ready();
    // A request whose body does not come keeps the gateway from closing for ten seconds.
    const socket = connect(Number(readyLine.split(':').at(-1)), '127.0.0.1');
    socket.on('error', () => undefined);
    const authorization = `Authorization: Bearer ${String(keyLine.split(' ').at(-1))}`;
    const head = [
      'POST /v2/telephony_credentials HTTP/1.1',
      'Host: a',
      authorization,
      'Content-Type: application/json',
    ];
    socket.write([...head, 'Content-Length: 9', 'Expect: 100-continue', '', ''].join('\r\n'));
    await once(socket, 'data');
    gateway.child.kill('SIGTERM');
    while (!gateway.stderr().includes('a second signal stops at once')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(1);
  });

  it('on a port that is taken, says so in a sentence', slow, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' && address ? address.port : 0);
    const gateway = run(
      'start',
      '--port',
      port,
      '--no-turn',
      '--data',
      join(await temporaryFolder(), 'data'),
      '--log-level',
      'silent',
    );
    expect(await gateway.ended).toBe(1);
    expect(gateway.stdout()).toBe('');
    expect(gateway.stderr()).toBe(
      `Port ${port} of 127.0.0.1 is in use: stop the program that uses it, or give another --port.\n`,
    );
    other.close();
  });

  it('with mistaken settings, says so and makes nothing', slow, async () => {
    const data = join(await temporaryFolder(), 'data');
    const gateway = run('start', '--data', data, '--demo', '--host', '0.0.0.0', '--media-ports', '1');
    expect(await gateway.ended).toBe(2);
    expect(gateway.stderr()).toMatch(/^--media-ports must be .*\.\n$/);
  });
});
