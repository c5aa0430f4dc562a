import { networkInterfaces } from 'node:os';

/**
 * Browsers and media servers gather candidates on every interface they find. Unless loopback is the only one, a
 * test would send packets to the outside and its result would depend on the machine.
 *
 * @throws Error where an interface other than loopback is up, or loopback is down.
 */
export function assertLoopbackOnly(): void {
  const interfaces = Object.entries(networkInterfaces());
  const foreign = interfaces.filter(([, addresses]) => addresses?.some(({ internal }) => !internal));
  if (interfaces.length === 1 && foreign.length === 0) return;
  const found = interfaces.map(([name]) => name).join(', ') || 'none';
  throw new Error(
    `Browser and media tests run in a network namespace where only loopback is up (found: ${found}). ` +
      `Run "npm test", or by hand: unshare -Urn sh -c 'ip link set lo up; exec npx vitest run --project system tests/browser'`,
  );
}
