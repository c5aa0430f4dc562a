import { join } from 'node:path';
import { CloseCode, causes } from '@parley/protocol';
import Libsql from 'libsql';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { openBrowser } from '../media/browser-stand-in.fixture.ts';
import { endPrograms, run } from './program.fixture.ts';
import { connectRaw } from './raw-client.fixture.ts';

const slow = { timeout: 90_000 };

afterEach(endPrograms);

const asAlice = { login: 'alice', passwd: 'alice' };

/** Gateways one after another on the same data. */
async function node(...args: string[]) {
  const data = join(await temporaryFolder(), 'data');
  const calls = () => {
    const database = new Libsql(join(data, 'parley.sqlite'));
    const rows = database.prepare('SELECT id FROM calls').all();
    database.close();
    return rows;
  };
  /** What is told is written right after it, and a kill may come between. */
  const written = () => expect.poll(calls, { timeout: 10_000 }).toHaveLength(1);
  const start = async () => {
    const program = run(
      ...['start', '--port', '0', '--no-turn', '--demo', '--data', data],
      ...['--media-ports', '42100-42199', '--drain-seconds', '0', ...args],
    );
    const url = String((await program.ready()).at(-1)?.split(' ').at(-1));
    return { program, connect: () => connectRaw(url) };
  };
  return { start, written };
}

type Start = Awaited<ReturnType<typeof node>>['start'];

/** A gateway with Alice in an echo. */
async function inCall(start: Start) {
  const { program, connect } = await start();
  const alice = await connect();
  const { result } = await alice.request('login', asAlice);
  const browser = await openBrowser();
  await alice.request('telnyx_rtc.invite', {
    sdp: await browser.offer(),
    dialogParams: { callID: 'a-1', destination_number: 'echo' },
  });
  await alice.told('telnyx_rtc.answer');
  await browser.close();
  return { program, alice, sessid: result?.['sessid'] };
}

async function comeBack(start: Start, sessid: unknown) {
  const alice = await (await start()).connect();
  const { result } = await alice.request('login', { ...asAlice, sessid });
  expect(result).toMatchObject({ sessid });
  return { alice, ready: await alice.told('telnyx_rtc.clientReady') };
}

describe('a gateway that starts on the data of another one', () => {
  it('which was killed, goes on with its calls', slow, async () => {
    const { start, written } = await node();
    const { program, alice, sessid } = await inCall(start);
    await written();
    program.child.kill('SIGKILL');
    await alice.closed;
    const back = await comeBack(start, sessid);
    expect(back.ready).toEqual({ reattached_sessions: ['a-1'] });
    expect(await back.alice.told('telnyx_rtc.attach')).toMatchObject({
      callID: 'a-1',
      sdp: expect.stringContaining('a=candidate') as string,
    });
  });

  it(
    'which was stopped with --keep-calls, goes on with them, and nothing held the former one up',
    slow,
    async () => {
      const { start } = await node('--keep-calls');
      const { program, alice, sessid } = await inCall(start);
      // Its session is held when the gateway stops.
      alice.socket.terminate();
      await alice.closed;
      program.child.kill('SIGTERM');
      expect(await program.ended).toBe(0);
      expect(program.stderr()).not.toContain('did not end');

      const { alice: again, ready } = await comeBack(start, sessid);
      expect(ready).toEqual({ reattached_sessions: ['a-1'] });
      await again.told('telnyx_rtc.attach');
      expect(again.frames.some(({ method }) => method === 'telnyx_rtc.bye')).toBe(false);
    },
  );

  it(
    'which was stopped, has told the end of its calls, and tells it to whoever missed it',
    slow,
    async () => {
      const { start } = await node();
      const { program, alice, sessid } = await inCall(start);
      program.child.kill('SIGTERM');
      const end = { callID: 'a-1', ...causes.temporaryFailure };
      expect(await alice.told('telnyx_rtc.bye')).toMatchObject(end);
      expect(await alice.closed).toMatchObject({ code: CloseCode.serviceRestart });
      expect(await program.ended).toBe(0);

      const { alice: again, ready } = await comeBack(start, sessid);
      expect(ready).toEqual({ reattached_sessions: [] });
      expect(await again.told('telnyx_rtc.bye')).toMatchObject(end);
    },
  );
});
