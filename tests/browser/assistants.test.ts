import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClientKind,
  type Person,
  type PersonCall,
  type Stage,
  openMediaDetour,
  openStage,
  openTcpRelay,
  writeToneFile,
} from '@parley/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { expectWithin } from '../figures.ts';
import { hangUpAll } from './parties.ts';
import { expectSilence, expectTone } from './tone.ts';

/** What the visitor's microphone hears. */
const VISITOR_TONE = 440;
const DESK_TONE = 500;
const DESK_OLD_TONE = 620;
const STORE_TONE = 800;

const LOGIN_FAILED = 46_001;
const INVALID_CALL_OPTIONS = 44_002;

/** An echo canceller would take away exactly what is listened for. */
const UNCANCELLED = { audio: { echoCancellation: false } };

let stage: Stage;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-assistants-'));
  const greeting = (tone: number, seconds = 10) => {
    const file = join(folder, `${String(tone)}.wav`);
    writeToneFile(file, tone, seconds);
    return file;
  };
  const config = join(folder, 'parley.json');
  const assistants = [
    {
      id: 'desk',
      defaultVersion: 'new',
      versions: [
        { id: 'old', greetingAudio: greeting(DESK_OLD_TONE) },
        { id: 'new', greeting: 'This is the desk.', greetingAudio: greeting(DESK_TONE) },
      ],
    },
    { id: 'store', versions: [{ id: 'v1', greetingAudio: greeting(STORE_TONE) }] },
    { id: 'mute', versions: [{ id: 'v1' }] },
  ];
  await writeFile(config, JSON.stringify({ assistants }));
  stage = await openStage({ args: ['--config', config] });
  return async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  };
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.log(stage.story());
  await stage.clear();
});

/** Nothing but an anonymous login. */
function visitorOptions(wish: object) {
  const anonymous_login = { target_type: 'ai_assistant', target_id: 'desk', ...wish };
  return { login: undefined, password: undefined, anonymous_login };
}

const visit = (client: ClientKind, wish: object = {}): Promise<Person> =>
  stage.enter('visitor', { client, tone: VISITOR_TONE, options: visitorOptions(wish) });

async function talk(client: ClientKind, wish: object = {}): Promise<{ visitor: Person; call: PersonCall }> {
  const visitor = await visit(client, wish);
  const call = await visitor.dial(undefined, UNCANCELLED);
  await call.until('active');
  return { visitor, call };
}

/** The parameters of what an assistant sent, from the first that fits. */
async function told(visitor: Person, fits: (params: Record<string, unknown>) => boolean) {
  const isIt = ({ params }: { params?: unknown }) => isRecord(params) && fits(params);
  const { params } = await visitor.events.next(isIt, 'event of the assistant');
  return isRecord(params) ? params : {};
}

async function conversationIdOf(visitor: Person): Promise<string> {
  const { conversation } = await told(visitor, ({ type }) => type === 'conversation.created');
  return isRecord(conversation) ? String(conversation['id']) : '';
}

async function ask(path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${stage.gateway.apiKey}` };
  const response = await fetch(`${stage.gateway.origin}/v2/ai/conversations/${path}`, { headers });
  expect(response.status).toBe(200);
  const { data }: { data: unknown } = await response.json();
  return data;
}

async function messagesOf(conversationId: string): Promise<Record<string, unknown>[]> {
  const data = await ask(`${conversationId}/messages`);
  return Array.isArray(data) ? data.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const sentMethods = ({ frames }: Person) =>
  frames.entries.flatMap(({ direction, text }) => {
    const { method }: { method?: string } = JSON.parse(text);
    return direction === 'sent' && method !== undefined ? [method] : [];
  });

const saidBy = (role: string, text: string) => (params: Record<string, unknown>) => {
  const { item } = params;
  return isRecord(item) && item['role'] === role && JSON.stringify(item['content']).includes(text);
};

describe.each<ClientKind>(['ours', 'official'])('with the %s client', (client) => {
  test('A4: a visitor is ready without credentials, and calls its assistant without a destination', async () => {
    const { visitor, call } = await talk(client);
    const [first, ...others] = sentMethods(visitor);
    expect(first).toBe('anonymous_login');
    expect(others).not.toContain('login');
    await expectTone(visitor, DESK_TONE);
    await hangUpAll(call);
    expect((await call.until('destroy')).call.cause).toBe('NORMAL_CLEARING');
  });

  test('A4: somebody with credentials cannot call without a destination', async () => {
    const alice = await stage.enter('alice', { client });
    const code = await alice.page.evaluate(() => {
      try {
        window.phone.dial({});
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : String(error);
      }
      return 'It was accepted.';
    });
    expect(code).toBe(INVALID_CALL_OPTIONS);
    expect(sentMethods(alice)).not.toContain('telnyx_rtc.invite');
  });

  test.each([
    { what: 'A4: an assistant that is not there', wish: { target_id: 'nobody' } },
    { what: 'A7: a version that is not there', wish: { target_version_id: 'never' } },
    { what: 'A8: a conversation that is not there', wish: { target_params: { conversation_id: 'lost' } } },
  ])('$what is refused with 46001, and the visitor never ready', async ({ wish }) => {
    const options = visitorOptions(wish);
    const visitor = await stage.enter('visitor', { client, tone: VISITOR_TONE, options, register: false });
    await visitor.connect().catch(() => undefined);
    await visitor.events.next(({ code }) => code === LOGIN_FAILED, 'error 46001');
    expect(visitor.events.entries.map(({ name }) => name)).not.toContain('telnyx.ready');
  });

  test.each([
    { what: 'A6: the desk', wish: {}, tone: DESK_TONE },
    { what: 'A6: the store', wish: { target_id: 'store' }, tone: STORE_TONE },
    { what: 'A7: the version that is asked for', wish: { target_version_id: 'old' }, tone: DESK_OLD_TONE },
    { what: 'A7: the default version, by name', wish: { target_version_id: 'new' }, tone: DESK_TONE },
  ])('$what is heard', async ({ wish, tone }) => {
    const { visitor, call } = await talk(client, wish);
    await expectTone(visitor, tone);
    await hangUpAll(call);
  });

  test('A8: a later visit goes on with the conversation, whose parameters are kept byte for byte', async () => {
    const greeting = 'This is the desk.';
    const visitAndSay = async (word: string, target_params: object) => {
      const { visitor, call } = await talk(client, { target_params });
      await told(visitor, saidBy('assistant', greeting));
      await call.invoke('sendConversationMessage', word, []);
      await told(visitor, saidBy('assistant', word));
      await hangUpAll(call);
      return conversationIdOf(visitor);
    };
    const id = await visitAndSay('before', { x: { y: 1 } });
    expect(await visitAndSay('after', { conversation_id: id })).toBe(id);

    expect(await ask(id)).toMatchObject({ metadata: { target_params: '{"x":{"y":1}}' } });
    const written = (await messagesOf(id)).map(({ type, text }) =>
      type === 'message' ? String(text) : String(type),
    );
    const visitOf = (word: string) => ['call_started', greeting, word, word, 'call_ended'];
    expect(written).toEqual([...visitOf('before'), ...visitOf('after')]);
  });

  test('A8: without a conversation to go on with, another one begins', async () => {
    const ids: string[] = [];
    for (let visits = 0; visits < 2; visits += 1) ids.push(await conversationIdOf(await visit(client)));
    expect(new Set(ids).size).toBe(2);
  });

  test('A8: the engine has the parameters as they were given', async () => {
    const target_params = { x: { y: 1 }, 'ü "': [null, 1.5, false] };
    const { visitor, call } = await talk(client, { target_params });
    await call.invoke('sendConversationMessage', 'params', []);
    const { delta } = await told(
      visitor,
      ({ type, delta: words }) => type === 'response.text.delta' && String(words).startsWith('{'),
    );
    expect(delta).toBe(JSON.stringify(target_params));
    await hangUpAll(call);
  });

  test('text and images go to the assistant, and its answers come back', async () => {
    const { visitor, call } = await talk(client);
    await told(visitor, saidBy('assistant', 'This is the desk.'));
    await call.invoke('sendConversationMessage', 'Where are you?', ['data:image/png;base64,AA==']);
    await told(visitor, saidBy('assistant', 'Where are you?\\n[image]'));
    await hangUpAll(call);
  });

  test('a function call comes, and its output is answered', async () => {
    const { visitor, call } = await talk(client);
    await told(visitor, saidBy('assistant', 'This is the desk.'));
    await call.invoke('sendConversationMessage', 'call weather {"city":"Oslo"}', []);
    const isCall = ({ item }: Record<string, unknown>) => isRecord(item) && item['type'] === 'function_call';
    const { item } = await told(visitor, isCall);
    expect(item).toMatchObject({ name: 'weather', arguments: '{"city":"Oslo"}' });
    const output = { sun: true };
    await call.invoke('sendAIConversationMessage', {
      type: 'function_call_output',
      call_id: isRecord(item) ? item['call_id'] : '',
      output: JSON.stringify(output),
    });
    await told(visitor, saidBy('assistant', '{\\"sun\\":true}'));
    const roles = (await messagesOf(await conversationIdOf(visitor))).map(({ role }) => role);
    expect(roles).toEqual(['system', 'assistant', 'user', 'assistant', 'tool', 'assistant']);
    await hangUpAll(call);
  });

  test('a key stops the greeting, and the visitor hears itself, but for while it holds', async () => {
    const { visitor, call } = await talk(client);
    await expectTone(visitor, DESK_TONE);
    await call.invoke('dtmf', '5');
    await expectTone(visitor, VISITOR_TONE);
    const heldAt = Date.now();
    await call.invoke('hold');
    await call.until('held');
    await expectSilence(visitor, heldAt);
    await call.invoke('unhold');
    await expectTone(visitor, VISITOR_TONE);
    await hangUpAll(call);
  });

  test('the socket breaks in the call: it goes on, and so does the conversation', async () => {
    const relay = await openTcpRelay({ host: '127.0.0.1', port: Number(new URL(stage.gateway.origin).port) });
    try {
      const signaling = `ws://127.0.0.1:${String(relay.port)}`;
      const options = visitorOptions({ target_id: 'mute' });
      const visitor = await stage.enter('visitor', { client, tone: VISITOR_TONE, options, signaling });
      const call = await visitor.dial(undefined, UNCANCELLED);
      await call.until('active');
      const before = await conversationIdOf(visitor);
      const { length } = visitor.events.entries;
      relay.cut();
      await visitor.events.next(({ name }) => name === 'telnyx.ready', 'telnyx.ready', { from: length });
      await expectTone(visitor, VISITOR_TONE);
      await call.invoke('sendConversationMessage', 'still there', []);
      await told(visitor, saidBy('assistant', 'still there'));
      expect(call.states().at(-1)).toBe('active');
      expect((await messagesOf(before)).map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
      await hangUpAll(call);
    } finally {
      await relay.close();
    }
  });

  test('the assistant hangs up, and the call has ended', async () => {
    const { call } = await talk(client, { target_id: 'mute' });
    await call.invoke('sendConversationMessage', 'hangup', []);
    expect((await call.until('destroy')).call.cause).toBe('NORMAL_CLEARING');
  });

  test('a visitor reaches nobody but its assistant', async () => {
    const bob = await stage.enter('bob', { client });
    const visitor = await visit(client);
    const call = await visitor.dial('bob', UNCANCELLED);
    await call.until('active');
    await expectTone(visitor, DESK_TONE);
    expect(bob.events.entries.filter((event) => event.call !== undefined)).toEqual([]);
    await hangUpAll(call);
  });
});

test('the media path of a visitor of the official client goes dead, and comes back by a restart of ICE', async () => {
  const detour = await openMediaDetour(stage.gateway.signaling);
  try {
    const options = visitorOptions({ target_id: 'mute' });
    const { signaling } = detour;
    const casting = { client: 'official', tone: VISITOR_TONE, options, signaling } as const;
    const visitor = await stage.enter('visitor', casting);
    const call = await visitor.dial(undefined, UNCANCELLED);
    await call.until('active');
    await expectTone(visitor, VISITOR_TONE);
    detour.cutPresent();
    const restart = ({ text }: { text: string }) => text.includes('"action":"updateMedia"');
    await visitor.frames.next(restart, 'updateMedia', { withinMs: 30_000 });
    await expectTone(visitor, VISITOR_TONE);
    expect(call.states().at(-1)).toBe('active');
  } finally {
    await detour.close();
  }
});

test('the gateway is killed in a visit, the assistant is heard again, in the same conversation, and greets nobody [RESUME-10]', async () => {
  const { visitor, call } = await talk('ours');
  await expectTone(visitor, DESK_TONE);
  const { readyAt } = await stage.gateway.restart({ signal: 'SIGKILL' });
  const isBack = ({ connection, at }: { connection?: string; at: number }) =>
    at > readyAt && connection?.startsWith('connected') === true;
  const { at } = await visitor.events.next(isBack, 'connected', { withinMs: 30_000 });
  const heardAt = await visitor.ear.firstSound(at, -45, 10_000);
  expectWithin('gateway killed in a visit', { 'heard after': heardAt - at }, { 'heard after': 5_000 });
  await expectTone(visitor, VISITOR_TONE);
  expect(call.states().at(-1)).toBe('active');
  const told = visitor.events.entries.filter(({ name }) => name === 'telnyx.ai.conversation');
  const begun = told.flatMap(({ params }) => /"conversation-[^"]+"/.exec(JSON.stringify(params)) ?? []);
  expect(begun.length).toBeGreaterThan(1);
  expect(new Set(begun).size).toBe(1);
  await hangUpAll(call);
});

describe('A5: our client refuses', () => {
  test.each([
    [{ target_type: 'user' }, /anonymous_login\.target_type/],
    [{ target_id: '' }, /anonymous_login\.target_id/],
    [{ target_id: undefined }, /anonymous_login\.target_id/],
  ])('%j by name', async (wish, named) => {
    const options = visitorOptions(wish);
    const entering = stage.enter('visitor', { client: 'ours', tone: VISITOR_TONE, options });
    await expect(entering).rejects.toThrow(named);
  });

  test('what the gateway refuses by name too, for those who do not look', async () => {
    const options = visitorOptions({ target_type: 'user' });
    const visitor = await stage.enter('visitor', {
      client: 'official',
      tone: VISITOR_TONE,
      options,
      register: false,
    });
    await visitor.connect().catch(() => undefined);
    await visitor.events.next(({ code }) => code === LOGIN_FAILED, 'error 46001');
    const named = ({ text }: { text: string }) => text.includes('params.target_type must be ai_assistant.');
    await visitor.frames.next(named, 'refusal that names target_type');
  });
});
