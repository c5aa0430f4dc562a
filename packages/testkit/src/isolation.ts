import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/**
 * Browsers and media servers gather candidates on every interface they find. Unless loopback is the only one, a
 * test would send packets to the outside and its result would depend on the machine.
 *
 * @throws Error where an interface other than loopback is up, or loopback is down.
 */
export function assertLoopbackOnly(
  interfaces: Partial<Record<string, readonly NetworkInterfaceInfo[]>> = networkInterfaces(),
): void {
  const up = Object.entries(interfaces);
  const isLoopback = ([, addresses]: (typeof up)[number]) => addresses?.every(({ internal }) => internal);
  if (up.length > 0 && up.every(isLoopback)) return;
  const found = up.map(([name]) => name).join(', ') || 'none';
  throw new Error(
    `Browser and media tests run in a network namespace where only loopback is up (here: ${found}). ` +
      `Run "npm test", or by hand: unshare -Urn sh -c 'ip link set lo up; exec npx vitest run --project system tests/browser'`,
  );
}
