import { mkdirSync } from 'node:fs';
import {
  type GatewayProcess,
  type LaunchedBrowser,
  launchChromium,
  openTcpRelay,
  recordFrames,
  startGateway,
} from '@parley/testkit';
import type { BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { administrationOf } from '../security/administration.ts';
import { OUTPUT, type Softphone, openSoftphone } from './softphone-page.ts';

const ALICE_HERTZ = 440;
const BOB_HERTZ = 1000;

let gateway: GatewayProcess;
let browsers: { alice: LaunchedBrowser; bob: LaunchedBrowser };
const contexts: BrowserContext[] = [];
const softphones: Softphone[] = [];

beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  gateway = await startGateway();
  const [alice, bob] = await Promise.all([
    launchChromium({ tone: ALICE_HERTZ }),
    launchChromium({ tone: BOB_HERTZ }),
  ]);
  browsers = { alice, bob };
});

afterEach(async () => {
  const errors = softphones.splice(0).flatMap((softphone) => softphone.errors);
  for (const context of contexts.splice(0)) await context.close();
  gateway.assertHealthy();
  expect(errors).toEqual([]);
});

afterAll(async () => {
  await Promise.all([browsers.alice.close(), browsers.bob.close()]);
  await gateway.stop();
});

async function open(who: 'alice' | 'bob', url = gateway.origin): Promise<Softphone> {
  const context = await browsers[who].newContext(url);
  contexts.push(context);
  const softphone = await openSoftphone(context, url);
  softphones.push(softphone);
  return softphone;
}

async function signedIn(who: 'alice' | 'bob'): Promise<Softphone> {
  const softphone = await open(who);
  await softphone.signIn(who);
  await softphone.sees('Ready for calls');
  return softphone;
}

async function inCall(): Promise<{ alice: Softphone; bob: Softphone }> {
  const [alice, bob] = await Promise.all([signedIn('alice'), signedIn('bob')]);
  await alice.call('bob');
  await bob.sees('Alice is calling');
  await bob.click('Answer');
  await Promise.all([alice.sees('Talking'), bob.sees('Talking')]);
  return { alice, bob };
}

/** Everything that outlives the page or is seen in its address. */
function whatIsKept({ page }: Softphone): Promise<string> {
  return page.evaluate(() =>
    [
      ...Object.entries(localStorage).flat(),
      ...Object.entries(sessionStorage).flat(),
      location.href,
      document.cookie,
    ].join('\n'),
  );
}

describe('two people at the console', () => {
  it('talk, hold, mute, send tones and hang up, by clicking', async () => {
    const [alice, bob] = await Promise.all([signedIn('alice'), signedIn('bob')]);
    const wire = await recordFrames(bob.page);
    await alice.call('bob');
    await alice.sees('Ringing…');
    await bob.sees('Alice is calling');
    await bob.page.waitForFunction(() => document.title.includes('Alice is calling'));
    await bob.screenshot('real-incoming');
    await bob.click('Answer');

    await Promise.all([alice.hears(BOB_HERTZ), bob.hears(ALICE_HERTZ)]);
    expect(await alice.meter('You')).toBeGreaterThan(20);
    expect(await alice.meter('bob')).toBeGreaterThan(20);
    await alice.screenshot('real-talking');

    await alice.click('Hold');
    await alice.sees('On hold');
    await bob.hears(0);
    await alice.click('Resume');
    await bob.hears(ALICE_HERTZ);

    await alice.click('Mute');
    await alice.sees('Muted');
    await bob.hears(0);
    await alice.hears(BOB_HERTZ);
    await alice.click('Mute');
    await bob.hears(ALICE_HERTZ);

    await alice.click('Keypad');
    for (const key of ['4', '2', 'hash']) await alice.page.locator(`.tone-pad ::-p-aria(${key})`).click();
    await alice.sees('42#');
    await alice.screenshot('real-keypad');
    await wire.next(
      ({ direction, text }) => direction === 'received' && text.includes('telnyx_rtc.info'),
      'tones',
    );

    await bob.click('Hang up');
    await Promise.all([alice.sees('bob hung up.'), bob.sees('You hung up.')]);
    expect(await alice.announced()).toEqual(
      expect.arrayContaining([
        'Calling bob.',
        'You are talking with bob.',
        'bob is on hold.',
        'bob hung up.',
      ]),
    );
    expect(await bob.announced()).toContain('Alice is calling. Press A to answer, D to decline.');
  });

  it('are told why a call did not come about', async () => {
    const alice = await signedIn('alice');
    await alice.call('nobody');
    await alice.sees('There is nobody called “nobody” here.');
    await alice.call('bob');
    await alice.sees('bob is not signed in.');
    const bob = await signedIn('bob');
    await alice.call('bob');
    await bob.click('Decline');
    await alice.sees('bob is busy or declined the call.');
    await bob.sees('You declined the call.');
    await alice.call('bob');
    await bob.sees('Alice is calling');
    await alice.click('Cancel');
    await alice.sees('You cancelled the call.');
    await bob.sees('Missed call.');
    await alice.screenshot('real-causes');
  });

  it('talk by keyboard alone', async () => {
    const [alice, bob] = await Promise.all([open('alice'), open('bob')]);
    for (const [person, name] of [
      [alice, 'alice'],
      [bob, 'bob'],
    ] as const) {
      expect(await person.focused()).toBe('User name');
      await person.page.keyboard.type(name);
      await person.press('Tab');
      await person.page.keyboard.type(name);
      await person.press('Enter');
      await person.sees('Ready for calls');
      expect(await person.focused()).toBe('Name or number');
    }

    await alice.page.keyboard.type('bob');
    await alice.press('Enter');
    await alice.sees('Ringing…');
    expect(await alice.focused()).toBe('bob');

    await bob.sees('Alice is calling');
    expect(await bob.focused()).toBe('Answer');
    await bob.press('Enter');
    await Promise.all([alice.sees('Talking'), bob.sees('Talking')]);
    expect(await bob.focused()).toBe('Alice');

    await alice.press('m');
    await alice.sees('Muted');
    await alice.press('m', 'h');
    await alice.sees('On hold');
    await alice.press('h');
    await alice.sees('Talking');
    await alice.press('k', '7', '7');
    await alice.sees('77');
    await alice.press('Tab', 'Tab', 'Tab', 'Tab', 'Tab');
    expect(await alice.focused()).toBe('1');
    await alice.press('Escape');
    await alice.seesNo('77');
    expect(await alice.focused()).toBe('bob');
    await alice.page.keyboard.down('Shift');
    await alice.press('E');
    await alice.page.keyboard.up('Shift');
    await bob.sees('Alice hung up.');
    expect(await alice.focused()).toBe('Name or number');
    expect(await bob.focused()).toBe('Name or number');

    await alice.press('Tab');
    await alice.press('?');
    await alice.sees('Keyboard shortcuts');
    await alice.screenshot('real-shortcuts');
    await alice.press('Escape');
    await alice.seesNo('Keyboard shortcuts');
  });

  it('a second caller: answering holds the first, resuming swaps, and each is shown', async () => {
    const [alice, bob] = await Promise.all([signedIn('alice'), signedIn('bob')]);
    await alice.click('call echo');
    await alice.hears(ALICE_HERTZ);
    await bob.call('alice');
    await alice.sees('Answering puts echo on hold.');
    await alice.screenshot('real-second-call');
    await alice.click('Answer');
    await alice.sees('2 calls');
    await alice.sees('Resuming puts Bob on hold.');
    await Promise.all([alice.hears(BOB_HERTZ), bob.hears(ALICE_HERTZ)]);
    await alice.click('Resume');
    await alice.sees('Resuming puts echo on hold.');
    await bob.hears(0);
    await alice.hears(ALICE_HERTZ);
    await alice.page.locator('.call:first-child ::-p-aria(Hang up)').click();
    await alice.sees('You hung up.');
    await alice.click('Resume');
    await bob.hears(ALICE_HERTZ);
  });
});

describe('what can go wrong', () => {
  it('a wrong password: says so, keeps the name, and stores no secret', async () => {
    const alice = await open('alice');
    await alice.signIn('alice', 'not her password');
    await alice.sees('The gateway did not accept this sign-in.');
    await alice.screenshot('real-refused');
    await alice.type('Password', 'alice');
    await alice.press('Enter');
    await alice.sees('Ready for calls');
    const kept = await whatIsKept(alice);
    expect(kept).toContain('"user":"alice"');
    expect(kept).not.toContain('not her password');
    expect(kept).not.toMatch(/passw/i);
  });

  it('a token signs in too', async () => {
    const administration = administrationOf(gateway);
    const token = await administration.makeToken(await administration.makeCredential());
    const visitor = await open('alice');
    await visitor.click('Token', 'radio');
    await visitor.type('Token', token);
    await visitor.click('Sign in');
    await visitor.sees('Ready for calls');
    await visitor.click('call echo');
    await visitor.hears(ALICE_HERTZ);
    expect(await whatIsKept(visitor)).not.toContain(token);
  });

  it('the microphone is denied: says how to allow it', async () => {
    const alice = await open('alice');
    await contexts
      .at(-1)
      ?.setPermission(gateway.origin, { permission: { name: 'microphone' }, state: 'denied' });
    await alice.signIn('alice');
    await alice.click('call echo');
    await alice.sees('The browser does not let this page use the microphone.');
    await alice.sees('Click the icon at the left of the address');
    await alice.screenshot('real-denied');
  });

  it('there is no microphone: says so', async () => {
    const alice = await signedIn('alice');
    await alice.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('Requested device not found', 'NotFoundError'));
    });
    await alice.click('call echo');
    await alice.sees('No microphone was found.');
  });

  it('the browser holds the sound back: one click lets it out', async () => {
    const alice = await signedIn('alice');
    await alice.page.evaluate(() => {
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = () =>
        Promise.reject(
          new DOMException('play() can only be initiated by a user gesture.', 'NotAllowedError'),
        );
      document.addEventListener('pointerdown', (event) => {
        if (event.target instanceof Element && event.target.textContent === 'Play the sound') {
          HTMLMediaElement.prototype.play = play;
        }
      });
    });
    await alice.click('call echo');
    await alice.sees('Your browser keeps the sound of this page back.');
    await alice.click('Play the sound');
    await alice.hears(ALICE_HERTZ);
    await alice.seesNo('Your browser keeps the sound of this page back.');
  });

  it('the connection is cut in a call: the call goes on, and the page says when it is back', async () => {
    const { hostname, port } = new URL(gateway.origin);
    const relay = await openTcpRelay({ host: hostname, port: Number(port) });
    const alice = await open('alice');
    await alice.page.locator('summary').click();
    await alice.type('Address', `ws://127.0.0.1:${relay.port}`);
    await alice.signIn('alice');
    await alice.sees('Ready for calls');
    await alice.click('call echo');
    await alice.hears(ALICE_HERTZ);
    relay.welcome('reset');
    relay.cut();
    await alice.sees('Reconnecting…');
    await alice.sees('The connection to the gateway is lost.');
    await alice.hears(ALICE_HERTZ);
    await alice.screenshot('real-reconnecting');
    relay.welcome('relay');
    await alice.sees('Connected again.', 20_000);
    await alice.sees('Talking');
    await alice.hears(ALICE_HERTZ);
    // The browser itself writes an error for every attempt that the relay refused.
    const refusals = alice.errors.filter((error) => /WebSocket connection|resource: net::/.test(error));
    expect(alice.errors).toEqual(refusals);
    softphones.length = 0;
    await relay.close();
  });

  it('two tabs of one browser in one call: warned of the howl, until one of them is silent', async () => {
    const context = await browsers.alice.newContext(gateway.origin);
    contexts.push(context);
    const alice = await openSoftphone(context, gateway.origin);
    const bob = await openSoftphone(context, gateway.origin);
    softphones.push(alice, bob);
    await alice.page.bringToFront();
    await alice.signIn('alice');
    await alice.sees('Ready for calls');
    await bob.page.bringToFront();
    await bob.signIn('bob');
    await bob.sees('Ready for calls');
    await bob.call('alice');
    await alice.page.bringToFront();
    await alice.click('Answer');
    await alice.sees('Bob is in another tab of this browser');
    await bob.sees('alice is in another tab of this browser');
    await alice.screenshot('real-howling');
    await alice.click('Silence this tab');
    await alice.seesNo('in another tab');
    await bob.seesNo('in another tab');
    await alice.sees('This tab is silent');
    await alice.hears(0);
    await alice.click('Sound on');
    await bob.sees('alice is in another tab of this browser');
    await bob.page.bringToFront();
    await bob.click('I use headphones');
    await bob.seesNo('in another tab');
  });
});

describe('sound devices', () => {
  it('have names after the first call, and change in the middle of one', async () => {
    const alice = await signedIn('alice');
    await alice.click('call echo');
    await alice.hears(ALICE_HERTZ);
    const names = await alice.page.$$eval('.device select', (selects) =>
      selects.map((select) => [...select.options].map(({ text }) => text)),
    );
    expect(names[0]?.[0]).toBe('As the system chooses');
    expect(names[0]?.length).toBeGreaterThan(1);
    expect(names.flat()).not.toContain('');
    const [microphone] = await alice.page.$$('.device select');
    const other = await microphone?.$$eval('option', (options) => options.at(-1)?.value);
    await microphone?.select(other ?? '');
    await alice.sees('Talking');
    await alice.hears(ALICE_HERTZ);
    expect(await alice.page.evaluate(() => localStorage.getItem('parley.console'))).toContain(other);
    await microphone?.select('');
    await alice.hears(ALICE_HERTZ);
  });

  it('the meters let the audio hardware sleep when the call is over', async () => {
    const alice = await open('alice');
    await alice.page.evaluate(() => {
      const Real = AudioContext;
      const made: AudioContext[] = [];
      Object.assign(window, { made });
      window.AudioContext = class extends Real {
        constructor(options?: AudioContextOptions) {
          super(options);
          made.push(this);
        }
      };
    });
    const states = () =>
      alice.page.evaluate(() => {
        const made: unknown = Reflect.get(window, 'made');
        return Array.isArray(made) ? made.map((context: AudioContext) => context.state) : [];
      });
    await alice.signIn('alice');
    await alice.click('call echo');
    await alice.sees('Talking');
    await expect.poll(states).toEqual(['running']);
    await alice.click('Hang up');
    await alice.sees('You hung up.');
    await expect.poll(states).toEqual(['suspended']);
  });
});

it('fits on a screen 320 pixels wide', async () => {
  const { alice } = await inCall();
  await alice.page.setViewport({ width: 320, height: 640 });
  const overflow = await alice.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBe(0);
  await alice.click('Keypad');
  await alice.screenshot('real-narrow');
  await alice.click('Hang up');
  await alice.sees('You hung up.');
});
