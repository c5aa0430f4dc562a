import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';

import { assertLoopbackOnly } from './isolation.ts';

function address(internal: boolean): NetworkInterfaceInfo {
  return { address: '', netmask: '', family: 'IPv4', mac: '', internal, cidr: null };
}

test('loopback alone, accepted', () => {
  assertLoopbackOnly({ lo: [address(true)] });
});

test('an interface to the outside, refused by its name', () => {
  const interfaces = { lo: [address(true)], eth0: [address(false)] };
  expect(() => {
    assertLoopbackOnly(interfaces);
  }).toThrow(/here: lo, eth0.*unshare -Urn/s);
});

test('no interface at all, refused', () => {
  expect(() => {
    assertLoopbackOnly({});
  }).toThrow(/here: none/);
});
