import { mkdirSync, writeFileSync } from 'node:fs';
import { type ClientKind, loseMediaPath, type MediaScene, openMediaScene, wait } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';
import { useStage } from '../browser/use-stage.ts';
import { OUTPUT } from './softphone-page.ts';

const stage = useStage();
const scenes: MediaScene[] = [];
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
  await stage.clear();
});

async function ask(path: string, body?: object): Promise<string> {
  const response = await fetch(`${stage.gateway.origin}/v2/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${stage.gateway.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${text}`);
  return text;
}

const idIn = (text: string) => /"id":"([^"]+)"/.exec(text)?.[1] ?? '';

/** Everything goes wrong that a page can be asked about. */
async function eventfulCall(client: ClientKind): Promise<string> {
  const scene = await openMediaScene(stage, { client });
  scenes.push(scene);
  const { alice, detour, outgoing } = scene;
  await wait(4_000);
  await outgoing.invoke('muteAudio');
  await wait(6_000);
  await outgoing.invoke('unmuteAudio');
  detour.impair({ loss: 0.2 });
  await wait(5_000);
  detour.impair({ loss: 0 });
  await wait(2_000);
  const session = idIn(await ask('sessions?filter[sip_username]=alice'));
  await ask(`sessions/${session}/simulate`, { fault: 'drop' });
  await wait(4_000);
  await loseMediaPath(scene);
  await wait(4_000);
  await alice.page.evaluate(() => {
    window.phone.ledger.unplugMicrophones();
  });
  await wait(4_000);
  await outgoing.invoke('hangup');
  await outgoing.until('destroy');
  await wait(3_000);
  return ask(`calls/${idIn(await ask('calls?page[size]=1'))}/export`);
}

/** What the console says of the file. */
async function findingsOf(text: string, name: string, scene: MediaScene): Promise<readonly string[]> {
  mkdirSync(OUTPUT, { recursive: true });
  const path = `${OUTPUT}${name}.json`;
  writeFileSync(path, text);
  const page = await scene.bob.page.browserContext().newPage();
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${stage.gateway.origin}/#calls`);
  const field = await page.waitForSelector('input[type=file]');
  await field?.uploadFile(path);
  await page.waitForSelector('.finding');
  await wait(500);
  await page.screenshot({ path: `${OUTPUT}${name}.png`, fullPage: true });
  const sentences = await page.$$eval('.finding-sentence', (all) => all.map((one) => one.textContent));
  await page.close();
  return sentences;
}

test.each(['ours', 'official'] as const)(
  'a call in which much goes wrong is explained, by the reports of the client that is %s',
  async (client) => {
    const text = await eventfulCall(client);
    const [scene] = scenes;
    if (scene === undefined) throw new Error('There is a scene.');
    const findings = await findingsOf(text, `explained-${client}`, scene);
    const said = findings.join('\n');
    expect(said).toMatch(/\d+ % of .* alice from/);
    expect(said).toMatch(/alice’s connection to the gateway was lost at/);
    expect(said).toMatch(/path of alice’s sound had to be renewed|alice’s network changed/);
    expect(said).toMatch(/alice’s microphone .*was unplugged/);
    expect(said).toMatch(/alice was muted from/);
    expect(said).not.toContain('delivered silence');
  },
);
