import { mkdirSync } from 'node:fs';
import { type GatewayProcess, type LaunchedBrowser, launchChromium, startGateway } from '@parley/testkit';
import type { BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyOf } from '../security/administration.ts';
import { OUTPUT, type Softphone, openSoftphone } from './softphone-page.ts';

const HERTZ = 440;
const RECOVERS_MS = 20_000;

let gateway: GatewayProcess;
let browser: LaunchedBrowser;
let context: BrowserContext;
let alice: Softphone;

beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  gateway = await startGateway();
  browser = await launchChromium({ tone: HERTZ });
});

afterEach(async () => {
  await context.close();
  gateway.assertHealthy();
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

/** Alice, who is a developer, hears herself. */
async function inCall(): Promise<void> {
  context = await browser.newContext(gateway.origin);
  alice = await openSoftphone(context, `${gateway.origin}/?faults`);
  await alice.signIn('alice');
  await alice.sees('Try faults');
  await alice.click('call echo');
  await alice.hears(HERTZ);
}

/** Over loopback, what is lost may be back before an eye can see it. */
async function announces(...texts: string[]): Promise<void> {
  await expect.poll(() => alice.announced(), { timeout: RECOVERS_MS }).toEqual(expect.arrayContaining(texts));
}

/** What has ended would be among the latest calls. */
async function callGoesOn(): Promise<void> {
  await alice.hears(HERTZ);
  expect(await alice.text()).toContain('Talking');
  expect(await alice.text()).not.toContain('Latest calls');
}

describe('a developer breaks', () => {
  it('the connection, by half-open: the page says so and when it is back, and the call goes on', async () => {
    await inCall();
    expect(await loaded('simulate')).toBe(false);
    await alice.click('half-open');
    await alice.sees('s left');
    await alice.sees('Wait until half-open is over.');
    await alice.sees('Connected again.', RECOVERS_MS);
    await callGoesOn();
    await announces(
      'The connection to the gateway is lost. Your call goes on: sound does not need this connection.',
      'Connected again.',
    );
    expect(await loaded('simulate')).toBe(true);
  });

  it('the connection, as a gateway that leaves: the page counts down, and connects at once when told to', async () => {
    await inCall();
    await alice.type('Seconds of server-leaves', '60');
    await alice.click('server-leaves');
    await alice.sees('Next attempt in');
    await alice.screenshot('real-server-leaves');
    await alice.click('Connect now');
    await alice.sees('Connected again.');
    await callGoesOn();
  });

  it('the sound of the call: it comes back', async () => {
    await inCall();
    await alice.click('media-fails');
    await announces(
      'The sound of the call with echo is interrupted. It is being restored.',
      'The sound of the call with echo is back.',
    );
    await alice.seesNo('The sound is interrupted.');
    await callGoesOn();
  });

  it('the network: the page says that it is offline, and the call goes on', async () => {
    await inCall();
    await alice.type('Seconds of offline', '4');
    await alice.click('offline');
    await alice.sees('This computer is offline.');
    await announces('Connected again.');
    await callGoesOn();
  });

  it('the page, by a sleep: it is connected again after it, and the call goes on', async () => {
    await inCall();
    await alice.type('Seconds of sleep', '3');
    await alice.click('sleep');
    await announces('Connected again.');
    await callGoesOn();
  });

  it('the microphone: another one takes its place, and the call goes on', async () => {
    await inCall();
    await alice.page.evaluate(() => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        document.body.dataset['microphone'] = 'another';
        return stream;
      };
    });
    await alice.click('microphone-lost');
    await alice.page.waitForSelector('[data-microphone=another]');
    await callGoesOn();
  });

  it('by keyboard, and nothing where there is nothing to break', async () => {
    await inCall();
    await alice.click('Hang up');
    await alice.sees('You hung up.');
    await alice.page.focus('.faults summary');
    await alice.press('Tab', 'Tab');
    expect(await alice.focused()).toBe('half-open');
    await alice.press('Tab');
    expect(await alice.focused()).toBe('Seconds of half-open');
    await alice.press('Backspace', 'Backspace');
    await alice.sees('Give whole seconds from 1 to 300.');
    await alice.click('media-fails');
    await alice.click('half-open');
    expect(await alice.text()).not.toMatch(/\d s left/);
    await alice.page.focus('.faults summary');
    await alice.press('Tab', 'Enter');
    await alice.sees('Connected again.');
    await alice.page.focus('.faults summary');
    await alice.press('Enter');
    await alice.seesNo('The socket closes.');
  });
});

describe('at the gateway', () => {
  it('a developer with its API key breaks the session, and the key is kept nowhere', async () => {
    await inCall();
    const key = apiKeyOf(gateway);
    await alice.type('API key', 'no key');
    await alice.click('List sessions');
    await alice.sees('The gateway does not know this API key.');
    await alice.type('API key', key);
    await alice.click('List sessions');
    await alice.sees('this page');
    const media = '.gateway-faults ::-p-aria([name="media-lost"][role="button"])';
    await alice.page.locator(media).click();
    await alice.sees('Done: media-lost.');
    await callGoesOn();
    await alice.page.locator('.gateway-faults ::-p-aria([name="drop"][role="button"])').click();
    await alice.sees('Connected again.');
    await callGoesOn();
    await alice.screenshot('real-gateway-faults');
    const kept = await alice.page.evaluate(() =>
      [
        JSON.stringify(localStorage),
        JSON.stringify(sessionStorage),
        document.documentElement.outerHTML,
      ].join(),
    );
    expect(kept).not.toContain(key);

    await alice.page.locator('.gateway-faults ::-p-aria([name="punt"][role="button"])').click();
    await alice.sees('The gateway has ended this session.');
    await alice.sees('The gateway could not keep the call with echo.');
    await alice.screenshot('real-punted');
    await alice.click('Connect again');
    await alice.sees('Ready for calls');
  });
});

it('nobody else sees or loads any of it', async () => {
  context = await browser.newContext(gateway.origin);
  alice = await openSoftphone(context, gateway.origin);
  await alice.signIn('alice');
  await alice.sees('Ready for calls');
  expect(await alice.text()).not.toContain('Try faults');
  expect(await loaded('fault')).toBe(false);
});

/** Whether the page has loaded a file with this in its name. */
function loaded(name: string): Promise<boolean> {
  return alice.page.evaluate(
    (part) => performance.getEntriesByType('resource').some((entry) => entry.name.includes(`/${part}`)),
    name,
  );
}
