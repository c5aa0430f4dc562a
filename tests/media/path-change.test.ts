import {
  launchChromium,
  type LaunchedBrowser,
  openUdpRelay,
  type PageServer,
  type UdpRelay,
} from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { connected, expectTone, openEndpoint, openPlane, serveEndpoints } from './endpoint.ts';

const TONE = 440;

let server: PageServer;
let browser: LaunchedBrowser;
const relays: UdpRelay[] = [];

beforeAll(async () => {
  server = await serveEndpoints();
  browser = await launchChromium({ tone: TONE });
});

afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.close();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** A browser checks a path that it does not use every few seconds. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3000));

/** The description with two ways to its candidate in the place of the one that it has. */
async function twoWaysTo(sdp: string): Promise<string> {
  const [line = '', before = '', port = ''] =
    /^(a=candidate:\S+ 1 udp) \d+ \S+ (\d+) typ host.*$/m.exec(sdp) ?? [];
  const target = { address: '127.0.0.1', port: Number(port) };
  relays.push(await openUdpRelay({ target }), await openUdpRelay({ target }));
  const candidates = relays.map(
    (relay, index) => `${before} ${String(2_000_000_000 - index)} 127.0.0.1 ${String(relay.port)} typ host`,
  );
  return sdp.replace(line, candidates.join('\r\n'));
}

test('a browser whose path breaks goes over to another by itself, and the gateway follows it', async () => {
  const plane = openPlane();
  const page = await openEndpoint(browser, server.origin);
  const offer = await page.evaluate(() => window.endpoint.offer());
  const { sdp } = await plane.send({ type: 'accept', leg: 'leg', call: 'call', sdp: offer });
  await page.evaluate((answer) => window.endpoint.accept(answer), await twoWaysTo(sdp));
  await connected(page);
  await plane.send({ type: 'bridge', legs: ['leg', 'leg'] });
  await plane.events.next(({ type }) => type === 'flowing', 'flow');

  for (const relay of relays) {
    const cutAt = Date.now();
    relay.cut();
    // What was on its way is heard for a moment; from then on, only what goes over the other path there and back.
    const heardAt = await page.evaluate(
      (from) => window.endpoint.ear.firstSound(from, -45, 20_000),
      cutAt + 500,
    );
    console.info(
      `one of two paths cut: its own echo is heard again ${String(Math.round(heardAt - cutAt))} ms later`,
    );
    await expectTone(page, TONE, heardAt);
    relay.mend();
    await settle();
  }
  expect(plane.events.entries.filter(({ type }) => type === 'lost')).toEqual([]);
  await plane.close();
  await page.browserContext().close();
});
