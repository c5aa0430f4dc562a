import { readFile } from 'node:fs/promises';

import { type GatewayProcess, listProcessTree, listProcesses, startGateway } from '@parley/testkit';
import { expect, test } from 'vitest';

const OWN_TURN = { turn: ['--turn-port', '0'] };

function turnServerOf({ pid }: GatewayProcess): number {
  const isIt = ({ command }: { command: string }) => /^\S*turnserver -c /.test(command);
  const found = listProcessTree(pid).find(isIt);
  if (found === undefined) throw new Error('The gateway runs no coturn.');
  return found.pid;
}

const isAlive = (pid: number) => listProcesses().some((entry) => entry.pid === pid);
const ready = async ({ origin }: GatewayProcess) => {
  const response = await fetch(`${origin}/readyz`);
  return [response.status, JSON.stringify(await response.json())].join(' ');
};

test('coturn dies, the gateway is not ready until it has started it again', async () => {
  const gateway = await startGateway(OWN_TURN);
  expect(await ready(gateway)).toMatch(/^200 .*"turn":"ok"/);
  const first = turnServerOf(gateway);
  process.kill(first, 'SIGKILL');
  expect(await ready(gateway)).toMatch(/^503 .*"turn":"coturn does not answer"/);
  await expect.poll(() => ready(gateway), { timeout: 10_000 }).toMatch(/^200 .*"turn":"ok"/);
  expect(turnServerOf(gateway)).not.toBe(first);
  expect(await gateway.metric('parley_turn_server_starts')).toBe(2);
  const second = turnServerOf(gateway);
  await gateway.stop();
  expect(isAlive(second)).toBe(false);
});

test('the gateway is killed, coturn ends by itself', async () => {
  const gateway = await startGateway(OWN_TURN);
  const turnServer = turnServerOf(gateway);
  process.kill(gateway.pid, 'SIGKILL');
  await expect.poll(() => isAlive(turnServer), { timeout: 5_000 }).toBe(false);
  // It was not healthy, as it says.
  await gateway.stop().catch(() => undefined);
});

test('the port of TURN is in use, the gateway does without and says so in a sentence', async () => {
  const first = await startGateway(OWN_TURN);
  const port = /listening-port=(\d+)/.exec(await configurationOf(first))?.[1] ?? '';
  const second = await startGateway({ turn: ['--turn-port', port] });
  expect(await ready(second)).not.toContain('turn');
  const told = second.log.entries.filter((line) => line.startsWith('The TURN server is not started'));
  expect(told).toEqual([expect.stringContaining(`port ${port} is in use`)]);
  await second.stop();
  await first.stop();
});

/** The file that its coturn was started with. */
async function configurationOf(gateway: GatewayProcess): Promise<string> {
  const { command = '' } = listProcesses().find(({ pid }) => pid === turnServerOf(gateway)) ?? {};
  return readFile(command.split(' -c ')[1]?.trim() ?? '', 'utf8');
}
