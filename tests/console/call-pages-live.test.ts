import { mkdirSync } from 'node:fs';
import { type GatewayProcess, type LaunchedBrowser, launchChromium, startGateway } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { OUTPUT, type Softphone, openSoftphone } from './softphone-page.ts';

let gateway: GatewayProcess;
let browser: LaunchedBrowser;
const softphones: Softphone[] = [];

beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  gateway = await startGateway();
  browser = await launchChromium({ tone: 440 });
});

afterEach(() => {
  gateway.assertHealthy();
  // A browser writes down what is refused.
  const errors = softphones.flatMap((softphone) => softphone.errors);
  expect(errors.filter((error) => !error.includes('401'))).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

async function open(fragment = ''): Promise<Softphone> {
  const context = await browser.newContext(gateway.origin);
  const softphone = await openSoftphone(context, `${gateway.origin}/${fragment}`);
  softphones.push(softphone);
  return softphone;
}

/** Somebody who looks at calls. */
async function supporter(): Promise<Softphone> {
  const watching = await open('#calls');
  await watching.click('API key', 'radio');
  await watching.type('API key', gateway.apiKey);
  await watching.click('Show calls');
  await watching.sees('No calls.');
  return watching;
}

it('a call is found while it goes on, is followed to its end, and is explained when its reports are in', async () => {
  const watching = await supporter();
  const [alice, bob] = await Promise.all([open(), open()]);
  await Promise.all([alice.signIn('alice'), bob.signIn('bob')]);
  await Promise.all([alice.sees('Ready for calls'), bob.sees('Ready for calls')]);
  await alice.call('bob');
  await bob.sees('Alice is calling');
  await bob.click('Answer');
  await alice.sees('Talking');

  // The list renews itself.
  await watching.sees('They talk.');
  await watching.page.locator('::-p-aria(alice called bob)').click();
  await watching.sees('Nothing has gone wrong so far.');
  await watching.screenshot('call-live');

  await alice.click('Mute');
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  await alice.click('Hang up');
  await watching.sees('alice hung up after');
  await watching.sees('Microphone');
  await watching.seesNo('sent no report');
  await watching.sees('muted');
  await watching.screenshot('call-ended');
  const findings = await watching.page.$$eval('.finding-sentence', (all) =>
    all.map((one) => one.textContent),
  );
  expect(findings.filter((sentence) => /silence|lost|No sound/.test(sentence))).toEqual([]);
  expect(await watching.page.evaluate(() => Object.keys(localStorage).join() + location.href)).not.toContain(
    gateway.apiKey,
  );
});

it('a user sees their own calls, and no others', async () => {
  const bob = await open('#calls');
  await bob.type('User name', 'bob');
  await bob.type('Password', 'wrong');
  await bob.click('Show calls');
  await bob.sees('The gateway does not accept this.');
  await bob.type('Password', 'bob');
  await bob.click('Show calls');
  await bob.sees('alice called bob');
  await bob.page.locator('::-p-aria(alice called bob)').click();
  await bob.sees('shown to alice, and to who has an API key');
  await bob.seesNo('Delete');
  await bob.page.locator('::-p-aria([name="Calls"][role="link"])').click();
  await bob.sees('More to search by');
  await bob.type('User', 'nobody');
  await bob.click('Search');
  await bob.sees('No calls.');
});
