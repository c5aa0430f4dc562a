import { join } from 'node:path';
import { CloseCode, causes } from '@parley/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { openBrowser } from '../media/browser-stand-in.fixture.ts';
import { endPrograms, run } from './program.fixture.ts';
import { connectRaw } from './raw-client.fixture.ts';

const slow = { timeout: 60_000 };

afterEach(endPrograms);

/** A gateway with Alice in an echo, and Bob, who has no call. */
async function inCall(drainSeconds: number) {
  const data = join(await temporaryFolder(), 'data');
  const program = run(
    ...['start', '--port', '0', '--no-turn', '--demo', '--data', data],
    ...['--media-ports', '42000-42099', '--drain-seconds', String(drainSeconds)],
  );
  const url = String((await program.ready()).at(-1)?.split(' ').at(-1));
  const [alice, bob] = [await connectRaw(url), await connectRaw(url)];
  const { result } = await alice.request('login', { login: 'alice', passwd: 'alice' });
  await bob.request('login', { login: 'bob', passwd: 'bob' });
  const browser = await openBrowser();
  await alice.request('telnyx_rtc.invite', {
    sdp: await browser.offer(),
    dialogParams: { callID: 'a-1', destination_number: 'echo' },
  });
  await alice.told('telnyx_rtc.answer');
  await browser.close();
  return { program, url, alice, bob, sessid: result?.['sessid'] };
}

describe('a gateway that is told to stop', () => {
  it(
    'lets calls go on, takes no others, and ends with the last one, whose client has the answer to its bye [CLOSE-4]',
    slow,
    async () => {
      const { program, url, alice, bob, sessid } = await inCall(600);
      program.child.kill('SIGTERM');
      expect(await bob.closed).toMatchObject({ code: CloseCode.serviceRestart });
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ checks: { accepting: 'the gateway stops', media: 'ok' } });

      const stranger = await connectRaw(url);
      void stranger.request('login', { login: 'bob', passwd: 'bob' });
      expect(await stranger.closed).toEqual({
        code: CloseCode.serviceRestart,
        reason: 'the gateway stops; retry-after=2',
      });
      await alice.request('telnyx_rtc.invite', {
        sdp: 'offer',
        dialogParams: { callID: 'a-2', destination_number: 'echo' },
      });
      expect(await alice.told('telnyx_rtc.bye')).toMatchObject({ callID: 'a-2', ...causes.temporaryFailure });

      alice.socket.terminate();
      const again = await connectRaw(url);
      const back = await again.request('login', { login: 'alice', passwd: 'alice', sessid });
      expect(back.result).toMatchObject({ sessid });
      expect(await again.told('telnyx_rtc.clientReady')).toEqual({ reattached_sessions: ['a-1'] });
      const hold = { action: 'hold', dialogParams: { callID: 'a-1' } };
      expect((await again.request('telnyx_rtc.modify', hold)).result).toMatchObject({ holdState: 'held' });

      const bye = await again.request('telnyx_rtc.bye', { dialogParams: { callID: 'a-1' } });
      expect(bye.result).toMatchObject({ message: 'CALL ENDED' });
      expect(await again.closed).toMatchObject({ code: CloseCode.serviceRestart });
      expect(await program.ended).toBe(0);
    },
  );

  it('ends the calls that are left with their cause when the time is over [CLOSE-4]', slow, async () => {
    const { program, alice } = await inCall(1);
    program.child.kill('SIGTERM');
    expect(await alice.told('telnyx_rtc.bye')).toMatchObject({ callID: 'a-1', ...causes.temporaryFailure });
    expect(await alice.closed).toMatchObject({ code: CloseCode.serviceRestart });
    expect(await program.ended).toBe(0);
  });

  it('twice, ends at once', slow, async () => {
    const { program, bob } = await inCall(600);
    program.child.kill('SIGTERM');
    await bob.closed;
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(1);
  });
});
