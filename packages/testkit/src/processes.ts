import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** One line of `/proc/PID/stat`, as far as tests need it. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  group: number;
  state: string;
  command: string;
}

function readProcess(pid: string): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // The name, in brackets, may hold blanks and brackets itself: what follows the last bracket is regular.
    const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), parent: Number(parent), group: Number(group), state, command };
  } catch {
    return undefined; // It ended between the listing and the reading.
  }
}

/** Every process that is alive; zombies, which only wait for their parent, are left out. */
export function listProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readProcess)
    .filter((entry) => entry !== undefined)
    .filter(({ state }) => state !== 'Z');
}

/** The process and everything that descends from it. */
export function listProcessTree(root: number): ProcessEntry[] {
  const all = listProcesses();
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/**
 * Waits until no process of the group is left.
 *
 * @throws Error that lists the processes which are still alive after `withinMs`; these are killed.
 */
export async function assertGroupGone(group: number, what: string, withinMs = 5_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  let left = membersOf(group);
  while (left.length > 0 && Date.now() < deadline) {
    await delay(50);
    left = membersOf(group);
  }
  if (left.length === 0) return;
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  const list = left.map(({ pid, command }) => `${pid} ${command.slice(0, 120)}`).join('\n  ');
  throw new Error(`${what} left processes behind (killed now):\n  ${list}`);
}

function membersOf(group: number): ProcessEntry[] {
  return listProcesses().filter((entry) => entry.group === group);
}
