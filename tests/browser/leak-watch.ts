import { readFileSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { listProcessTree, openTcpRelay, type Person, type Stage } from '@parley/testkit';
import { expect } from 'vitest';

import { describeHangup, hangups, type Line, play } from './hangups.ts';

const FIRST_MEDIA_PORT = 40_000;
const LAST_MEDIA_PORT = 40_999;

export interface LeakWatch {
  /** Plays so many of the generated calls, after each of which nothing may be left in a page or at the gateway. */
  play(calls: number): Promise<void>;
  /** @throws AssertionError where a page has more timers than at first, the gateway more processes, ports or files */
  expectRest(): Promise<void>;
  readonly alice: Person;
  readonly bob: Person;
}

/** The calls are other ones in each run; `SEED=… npm test -- browser/leaks` plays those of a seed that was printed. */
export async function openLeakWatch(stage: Stage): Promise<LeakWatch> {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  console.log(`SEED=${seed}`);
  const { gateway } = stage;
  const relay = await openTcpRelay({ host: '127.0.0.1', port: Number(new URL(gateway.origin).port) });
  const enter = (name: string) =>
    stage.enter(name, { client: 'ours', signaling: `ws://127.0.0.1:${relay.port}` });
  const [alice, bob] = await Promise.all([enter('alice'), enter('bob')]);
  const line: Line = { alice, bob, relay };
  // What the ear hears is kept for two minutes, which is heap as well.
  for (const person of [alice, bob]) await person.ear.close();
  // The first call makes what is kept for good: certificates, workers, compiled code.
  await play(line, { caller: 'alice', point: 'while they talk', afterMs: 0, by: 'caller', way: 'hangup' });
  const legs = () => gateway.metric('parley_media_legs');
  await expect.poll(legs, { timeout: 10_000 }).toBe(0);
  const atRest = [await balanceOf(alice), await balanceOf(bob)];
  // Who has connected again needs a timer for 5 s to trust the connection, which is none of the call's.
  const surplus = async () => {
    const [now, before] = [[await balanceOf(alice), await balanceOf(bob)], atRest];
    return now.filter(({ timers, ...rest }, index) => {
      const { timers: timersBefore = 0, ...usual } = before[index] ?? {};
      return timers > timersBefore + 1 || !isDeepStrictEqual(rest, usual);
    });
  };
  const files = countOpenFiles(gateway.pid);
  const processes = listProcessTree(gateway.pid).length;
  const generated = hangups(seed);
  let played = 0;
  return {
    alice,
    bob,
    play: async (calls) => {
      for (let call = 0; call < calls; call += 1) {
        const hangup = generated.next().value;
        played += 1;
        const name = `call ${played} of SEED=${seed} (${describeHangup(hangup)})`;
        try {
          await play(line, hangup);
        } catch (error) {
          throw new Error(`${name}: ${String(error)}`, { cause: error });
        }
        await expect.poll(surplus, { timeout: 15_000, interval: 20, message: name }).toEqual([]);
        await expect.poll(legs, { timeout: 15_000, interval: 20, message: name }).toBe(0);
      }
    },
    expectRest: async () => {
      const balances = async () => [await balanceOf(alice), await balanceOf(bob)];
      await expect.poll(balances, { timeout: 15_000 }).toEqual(atRest);
      const holdings = async () => ({
        calls: await gateway.metric('parley_calls'),
        sessions: await gateway.metric('parley_sessions'),
        processes: listProcessTree(gateway.pid).length,
        mediaPorts: countMediaPorts(),
      });
      const nothing = { calls: 0, sessions: 2, processes, mediaPorts: 0 };
      await expect.poll(holdings, { timeout: 10_000 }).toEqual(nothing);
      await expect.poll(() => countOpenFiles(gateway.pid), { timeout: 10_000 }).toBeLessThanOrEqual(files);
    },
  };
}

/** The timer that watches the socket is started now here, now there, so timers are counted. */
async function balanceOf({ page }: Person) {
  const balance = await page.evaluate(() => {
    window.phone.forgetCalls();
    return window.phone.ledger.balance();
  });
  return { ...balance, timers: balance.timers.length };
}

/** UDP sockets within the range of media, of the whole namespace. */
function countMediaPorts(): number {
  const ports = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => Number.parseInt(/^ *\d+: [0-9A-F]{8}:([0-9A-F]{4})/.exec(line)?.[1] ?? '0', 16));
  return ports.filter((port) => port >= FIRST_MEDIA_PORT && port <= LAST_MEDIA_PORT).length;
}

function countOpenFiles(pid: number): number {
  return listProcessTree(pid)
    .map((process) => readdirSync(`/proc/${process.pid}/fd`).length)
    .reduce((sum, files) => sum + files, 0);
}
