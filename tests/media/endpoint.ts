import { fileURLToPath } from 'node:url';
import {
  createEmbeddedMediaPlane,
  type EmbeddedMediaOptions,
  mediaProcesses,
  type MediaEvent,
  type MediaPlane,
  systemClock,
} from '@parley/gateway';
import {
  createRecorder,
  type Ear,
  type LaunchedBrowser,
  type PageServer,
  type Recorder,
  servePages,
} from '@parley/testkit';
import type { Page } from 'puppeteer-core';

import { expectToneIn } from '../hearing.ts';

/** What a page counted of what it received. */
export interface Inbound {
  packetsReceived: number;
  packetsLost: number;
  packetsDiscarded: number;
  totalAudioEnergy: number;
}

declare global {
  interface Window {
    endpoint: {
      ear: Ear;
      inbound(): Promise<Inbound | undefined>;
      speak(): Promise<void>;
      offer(): Promise<string>;
      answer(sdp: string): Promise<string>;
      answerSilently(sdp: string): Promise<string>;
      offerRestart(): Promise<string>;
      accept(sdp: string): Promise<void>;
      press(digits: string): void;
      state(): RTCPeerConnectionState;
    };
  }
}

const PAGE = fileURLToPath(new URL('endpoint.html', import.meta.url));

/** The embedded media plane with a worker process of its own, and all that it told. */
export interface PlaneUnderTest extends MediaPlane {
  events: Recorder<MediaEvent>;
}

export function openPlane(options: Partial<EmbeddedMediaOptions> = {}): PlaneUnderTest {
  const silent = () => undefined;
  const plane = createEmbeddedMediaPlane(
    { addresses: ['127.0.0.1'], ...options },
    {
      forkWorker: mediaProcesses(),
      clock: systemClock,
      log: { debug: silent, info: silent, warn: silent, error: silent },
    },
  );
  const events = createRecorder<MediaEvent>((event) => JSON.stringify(event));
  plane.onEvent((event) => {
    events.record(event);
  });
  return { ...plane, events };
}

export const serveEndpoints = (): Promise<PageServer> =>
  servePages({ files: new Map([['/endpoint', PAGE]]) });

/** A page that has a microphone and, once it is joined to a leg, a peer connection. */
export async function openEndpoint(browser: LaunchedBrowser, origin: string): Promise<Page> {
  const context = await browser.newContext(origin);
  const page = await context.newPage();
  await page.goto(`${origin}/endpoint`);
  await page.waitForFunction(() => 'endpoint' in window);
  await page.evaluate(() => window.endpoint.speak());
  return page;
}

export type Offerer = 'browser' | 'gateway';

/** Makes the leg, and waits until the page says that it is connected. */
export async function join(
  plane: MediaPlane,
  page: Page,
  leg: string,
  call: string,
  offerer: Offerer,
): Promise<void> {
  if (offerer === 'browser') {
    const offer = await page.evaluate(() => window.endpoint.offer());
    const { sdp } = await plane.send({ type: 'accept', leg, call, sdp: offer });
    await page.evaluate((answer) => window.endpoint.accept(answer), sdp);
  } else {
    const { sdp } = await plane.send({ type: 'offer', leg, call });
    const answer = await page.evaluate((offer) => window.endpoint.answer(offer), sdp);
    await plane.send({ type: 'answer', leg, sdp: answer });
  }
  await connected(page);
}

export async function connected(page: Page): Promise<void> {
  await page.waitForFunction(() => window.endpoint.state() === 'connected', { timeout: 10_000 });
}

/** How the browser's candidates reach the gateway in an ICE restart. */
export type Candidates = 'in the offer' | 'trickled' | 'never';

/** A packet is 20 ms of audio. */
const PACKET_MS = 20;

/**
 * Restarts ICE with an offer of the browser.
 *
 * @returns how many milliseconds of audio the page missed from then on, for one second: packets that the gateway
 *   numbered and that never arrived, which, unlike a time, does not depend on how busy the machine is
 */
export async function restartIce(
  plane: MediaPlane,
  page: Page,
  leg: string,
  call: string,
  candidates: Candidates,
): Promise<number> {
  const before = await inbound(page);
  const offer = await page.evaluate(() => window.endpoint.offerRestart());
  const lines = offer.split('\r\n');
  const bare = lines.filter((line) => !/^a=(candidate:|end-of-candidates)/.test(line)).join('\r\n');
  const { sdp } = await plane.send({
    type: 'accept',
    leg,
    call,
    sdp: candidates === 'in the offer' ? offer : bare,
  });
  await page.evaluate((answer) => window.endpoint.accept(answer), sdp);
  if (candidates === 'trickled')
    for (const line of lines.filter((candidate) => candidate.startsWith('a=candidate:')))
      await plane.send({ type: 'candidate', leg, candidate: line.slice('a='.length), sdpMid: '0' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = await inbound(page);
  return PACKET_MS * (after.packetsLost - before.packetsLost);
}

/** Waits for a stream, and counts it. */
export async function inbound(page: Page): Promise<Inbound> {
  const found = await page.waitForFunction(() => window.endpoint.inbound(), { polling: 50, timeout: 10_000 });
  const counted = await found.jsonValue();
  if (counted === undefined) throw new Error('The page receives no stream.');
  return counted;
}

export async function expectTone(page: Page, frequency: number, since: number): Promise<void> {
  await page.evaluate((from) => window.endpoint.ear.firstSound(from, -45), since);
  await expectToneIn('the page', () => page.evaluate(() => window.endpoint.ear.hear(700)), frequency);
}

/** Nothing that a person could hear, for half a second. */
export async function expectSilence(page: Page, since: number): Promise<void> {
  await page.evaluate((from) => window.endpoint.ear.firstSilence(from, 500, -70), since);
}
