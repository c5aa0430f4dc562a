import { readFileSync, readdirSync } from 'node:fs';
import { listProcessTree } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { enterPair, establish } from './parties.ts';
import { useStage } from './use-stage.ts';

const CALLS = 100;
const FIRST_MEDIA_PORT = 40_000;
const LAST_MEDIA_PORT = 40_999;

const stage = useStage();
afterEach(() => stage.clear());

/** What the gateway holds: at rest it is the same, whatever it did before. */
async function holdings() {
  const { gateway } = stage;
  const processes = listProcessTree(gateway.pid);
  return {
    calls: await gateway.metric('parley_calls'),
    mediaLegs: await gateway.metric('parley_media_legs'),
    sessions: await gateway.metric('parley_sessions'),
    processes: processes.length,
    mediaPorts: countMediaPorts(),
  };
}

/** UDP sockets within the range of media, of the whole namespace. */
function countMediaPorts(): number {
  const ports = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => Number.parseInt(/^ *\d+: [0-9A-F]{8}:([0-9A-F]{4})/.exec(line)?.[1] ?? '0', 16));
  return ports.filter((port) => port >= FIRST_MEDIA_PORT && port <= LAST_MEDIA_PORT).length;
}

function countOpenFiles(): number {
  return listProcessTree(stage.gateway.pid)
    .map(({ pid }) => readdirSync(`/proc/${pid}/fd`).length)
    .reduce((sum, files) => sum + files, 0);
}

test(`${CALLS} calls in one page, no track, peer connection, timer, leg, port, process or file is left`, async () => {
  const { alice, bob } = await enterPair(stage, { alice: 'ours', bob: 'ours', bobsBrowser: 'chromium' });
  const talk = async () => {
    const { outgoing, incoming } = await establish(alice, bob);
    await outgoing.invoke('hangup');
    await outgoing.until('destroy');
    await incoming.until('destroy');
  };
  // The first call makes what is kept for good: certificates, workers, compiled code.
  await talk();
  // The timer that watches the socket is started now here, now there.
  const balances = async () => {
    const told = [alice, bob].map(({ page }) => page.evaluate(() => window.phone.ledger.balance()));
    return (await Promise.all(told)).map((balance) => ({ ...balance, timers: balance.timers.length }));
  };
  const gatewayAtRest = { calls: 0, mediaLegs: 0, sessions: 2, mediaPorts: 0 };
  await expect.poll(holdings, { timeout: 10_000 }).toMatchObject(gatewayAtRest);
  const [processes, openFiles] = [(await holdings()).processes, countOpenFiles()];
  const pagesAtRest = await balances();

  for (let call = 1; call < CALLS; call += 1) await talk();

  await expect.poll(holdings, { timeout: 10_000 }).toEqual({ ...gatewayAtRest, processes });
  await expect.poll(countOpenFiles, { timeout: 10_000 }).toBeLessThanOrEqual(openFiles);
  await expect.poll(balances, { timeout: 15_000 }).toEqual(pagesAtRest);
  for (const balance of await balances()) {
    expect(balance).toMatchObject({ peerConnections: 0, liveTracks: 0, openSockets: 1 });
  }
}, 180_000);
