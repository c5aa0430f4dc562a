import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { openBrowser } from '../media/browser-stand-in.fixture.ts';
import { endPrograms, run } from './program.fixture.ts';
import { connectRaw } from './raw-client.fixture.ts';

afterEach(endPrograms);

/** Each is in a different place, and none of it may be anywhere else. */
const seeds = {
  guess: 'seed-guessed-password',
  header: 'seed-custom-header',
  message: 'seed-text-message',
  state: 'seed-client-state',
  turn: 'seed-turn-credential',
  icePassword: 'seedIcePasswordOfABrowser',
  variable: 'seed-user-variable',
  sdkId: 'eyJzZWVkIjoxfQ.eyJzZWVkIjoyfQ.c2VlZA',
};

it('a secret that a client sends in a frame, a report, a debug stream or a header, is in no file, no log and no answer of the gateway', async () => {
  const data = join(await temporaryFolder(), 'data');
  const program = run(
    ...['start', '--port', '0', '--no-turn', '--demo', '--data', data, '--log-level', 'trace'],
    ...['--media-ports', '42200-42299', '--drain-seconds', '0'],
  );
  const lines = await program.ready();
  const url = String(lines.at(-1)?.split(' ').at(-1));
  const apiKey = /KEY[\w-]{43}/.exec(lines.join())?.[0] ?? '';
  const ask = async (path: string, method = 'GET', body?: object, authorization = `Bearer ${apiKey}`) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return await response.text();
  };
  const made = await ask('/v2/telephony_credentials', 'POST', { name: 'seeded' });
  const member = (name: string) => new RegExp(`"${name}":"([^"]+)"`).exec(made)?.[1] ?? '';
  const [user, password, id] = [member('sip_username'), member('sip_password'), member('id')];
  const token = await ask(`/v2/telephony_credentials/${id}/token`, 'POST');
  const secrets = { ...seeds, password, token, apiKey };
  const login = { login: user, passwd: password, login_token: token };

  const client = await connectRaw(url);
  await client.request('login', {
    login: user,
    passwd: password,
    userVariables: { x: seeds.variable },
    parley: { capabilities: ['iceServers'], at: Date.now() },
  });
  const state = await client.request('telnyx_rtc.gatewayState');
  const callReportId = /"call_report_id":"([^"]+)"/.exec(JSON.stringify(state))?.[1] ?? '';
  const browser = await openBrowser();
  const offer = await browser.offer();
  const dialogParams = {
    callID: 'seeded',
    destination_number: 'echo',
    clientState: seeds.state,
    custom_headers: [{ name: 'X-Seed', value: seeds.header }],
  };
  await client.request('telnyx_rtc.invite', { sdp: offer, dialogParams });
  await client.told('telnyx_rtc.answer');
  await client.request('telnyx_rtc.info', { msg: { body: seeds.message }, dialogParams });
  await client.request('telnyx_rtc.info', { dtmf: '90210', dialogParams });
  const iceServers = [{ urls: 'turn:turn.example', username: 'u', credential: seeds.turn }];
  const frame = JSON.stringify({ method: 'login', params: { ...login, dialogParams, iceServers } });
  const log = {
    timestamp: new Date().toISOString(),
    level: 'debug',
    message: 'SEND: \n',
    context: { args: ['SEND: \n', frame, `a=ice-pwd:${seeds.icePassword}`], iceServers, ...dialogParams },
  };
  for (const part of [{ record: log }, { event: 'onicecandidate', data: { frame, login } }])
    client.socket.send(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 'd',
        type: 'debug_report_data',
        debug_report_id: 'd',
        call_id: 'seeded',
        debug_report_data: part,
      }),
    );
  const reported = await fetch(`${url}/call_report`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-call-report-id': callReportId,
      'x-call-id': 'seeded',
      'x-voice-sdk-id': seeds.sdkId,
    },
    body: JSON.stringify({ summary: { callId: 'seeded', login }, stats: [], logs: [log] }),
  });
  expect(reported.status).toBe(204);
  await client.request('telnyx_rtc.bye', { dialogParams: { callID: 'seeded' } });

  const basic = (text: string) => `Basic ${Buffer.from(`${user}:${text}`).toString('base64')}`;
  const refused = await ask('/v2/calls', 'GET', undefined, basic(seeds.guess));
  const listed = await ask('/v2/calls', 'GET', undefined, basic(password));
  const call = /"data":\[\{"id":"([^"]+)"/.exec(listed)?.[1] ?? '';
  const file = await ask(`/v2/calls/${call}/export`);
  const answers = [
    refused,
    listed,
    file,
    await ask(`/v2/calls/${call}`, 'GET', undefined, `Bearer ${token}`),
  ];
  // What was looked for was there to be found.
  expect(file).toMatch(/"debug":\[\{.*"reports"|"reports":\[\{.*"debug":\[\{/);
  expect(file.match(/\[redacted\]/g)?.length).toBeGreaterThan(10);
  const stopped = program.ended;
  program.child.kill('SIGTERM');
  await stopped;
  await browser.close();

  const names = await readdir(data, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    names.filter((name) => name.isFile()).map((name) => readFile(join(name.parentPath, name.name), 'latin1')),
  );
  expect(files.length).toBeGreaterThan(1);
  const places = {
    files: files.join('\n'),
    answers: answers.join('\n'),
    errors: program.stderr(),
    // The key of the demonstration is told there, and there alone.
    output: program.stdout().replace(apiKey, ''),
  };
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      text.includes(secret) ? [`${name} in ${place}`] : [],
    ),
  );
  expect(found).toEqual([]);
  expect(answers.join()).not.toContain('90210');
}, 90_000);
