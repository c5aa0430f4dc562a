import { CloseCode, RpcErrorCode } from '@parley/protocol';
import { describe, expect, it, vi } from 'vitest';
import { pass, rig, settled, type FakeClient, type Rig } from './signaling.fixture.ts';

/** A visitor of assistant `a` in a call with it. */
async function talking(gateway: Rig, more: object = {}): Promise<FakeClient> {
  const visitor = gateway.client();
  await visitor.visit(more);
  await visitor.invite('v-1', '');
  await settled();
  return visitor;
}

const legOf = (gateway: Rig) => gateway.media.typed('accept').at(-1)?.leg ?? '';
const text = (words: string) => ({
  type: 'conversation.item.create',
  item: { id: 'i-1', type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] },
});
const output = (callId: string) => ({
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: callId, output: '{"sun":true}' },
});
const conversationIdOf = (visitor: FakeClient): string => {
  const [pushed] = visitor.got('ai_conversation');
  return (pushed?.['conversation'] as { id: string }).id;
};

describe('an anonymous login', () => {
  it('for an assistant that exists opens a session, and tells which conversation it is [ANON-1, ANON-4]', async () => {
    const gateway = rig();
    const visitor = gateway.client();
    const answer = await visitor.visit();
    expect(answer.result).toMatchObject({ message: 'logged in', sessid: expect.any(String) as string });
    expect(visitor.order).toEqual(['result', 'telnyx_rtc.clientReady', 'ai_conversation']);
    expect(visitor.got('ai_conversation')).toEqual([
      { type: 'conversation.created', conversation: { id: conversationIdOf(visitor) } },
    ]);
    expect([...gateway.conversations.keys()]).toEqual([conversationIdOf(visitor)]);
  });

  it.each([
    ['another kind of target', { target_type: 'user' }, 'params.target_type must be ai_assistant.'],
    [
      'an assistant that is not there',
      { target_id: 'c' },
      'params.target_id names no assistant of this gateway.',
    ],
    [
      'a version that is not there',
      { target_id: 'b', target_version_id: 'v2' },
      'params.target_version_id names no version of this assistant.',
    ],
    [
      'a conversation that is not there',
      { target_params: { conversation_id: 'x' } },
      'params.target_params.conversation_id names no conversation with this assistant.',
    ],
  ])('for %s is refused with what is wrong [ANON-1, ANON-2, ANON-4]', async (_, wish, why) => {
    const gateway = rig();
    const answer = await gateway.client().visit(wish);
    expect(answer.error).toEqual({
      code: RpcErrorCode.loginIncorrect,
      message: `Login incorrect: ${why}`,
    });
    expect(gateway.metered).toEqual(['loginRefused']);
    expect([...gateway.conversations.keys()]).toEqual([]);
  });

  it('that the gateway fails to judge is not refused: its socket is closed with 1011 [LOGIN-12]', async () => {
    const gateway = rig();
    vi.spyOn(gateway.visits, 'receive').mockRejectedValue(new Error('the database is gone'));
    const visitor = gateway.client();
    visitor.send('anonymous_login', { target_type: 'ai_assistant', target_id: 'a' });
    await settled();
    expect(visitor.frames).toEqual([]);
    expect(visitor.closed?.code).toBe(CloseCode.internalError);
  });

  it('that names a conversation goes on with it, but not with one of another assistant [ANON-4]', async () => {
    const gateway = rig();
    const first = await talking(gateway);
    const id = conversationIdOf(first);
    const joined = { target_params: { conversation_id: id } };
    const second = await talking(gateway, joined);
    expect(conversationIdOf(second)).toBe(id);
    expect(gateway.conversations.size).toBe(1);
    expect((await gateway.client().visit({ target_id: 'b', ...joined })).error).toBeDefined();
  });

  it('again on the same socket keeps the session; for somebody else it is refused', async () => {
    const visitor = await talking(rig());
    const sessid = visitor.connection.session?.ids.id;
    expect((await visitor.visit()).result).toMatchObject({ sessid });
    expect((await visitor.visit({ target_id: 'b' })).error?.code).toBe(RpcErrorCode.loginIncorrect);
  });

  it('with parameters keeps them byte for byte, in the record and for the engine [ANON-3]', async () => {
    const gateway = rig();
    const params = { x: { y: 1 }, list: [null, 'ü', 1.5, false], '': {} };
    const visitor = await talking(gateway, { target_params: params });
    const bytes = JSON.stringify(params);
    expect(gateway.conversations.get(conversationIdOf(visitor))?.targetParams).toBe(bytes);
    expect(JSON.stringify(gateway.media.typed('converse')[0]?.settings.params)).toBe(bytes);
  });
});

describe('a visitor', () => {
  it.each(['', 'bob', 'echo', '+15550100'])(
    'who calls "%s" is answered by the assistant [ANON-5, INV-1]',
    async (destination) => {
      const gateway = rig();
      const bob = await gateway.signedIn('bob');
      const visitor = gateway.client();
      await visitor.visit();
      await visitor.invite('v-1', destination);
      await settled();
      expect(visitor.order.slice(3)).toEqual(['result', 'telnyx_rtc.answer']);
      expect(gateway.media.typed('converse')).toEqual([
        {
          type: 'converse',
          leg: legOf(gateway),
          engine: 'echo',
          settings: {
            instructions: null,
            greeting: { text: 'Hello from a v1', clip: 'AAE=' },
            options: { depth: 1 },
            params: {},
          },
        },
      ]);
      expect(bob.got('telnyx_rtc.invite')).toEqual([]);
    },
  );

  it('of a certain version hears that one [ANON-2]', async () => {
    const gateway = rig();
    await talking(gateway, { target_version_id: 'v2' });
    expect(gateway.media.typed('converse')[0]?.settings.greeting?.text).toBe('Hello from a v2');
  });

  it('cannot be called by any name [ANON-5]', async () => {
    const gateway = rig();
    const visitor = gateway.client();
    await visitor.visit();
    const name = visitor.connection.session?.identity.sipUsername ?? '';
    const alice = await gateway.signedIn('alice');
    await alice.invite('a-1', name);
    expect(visitor.got('telnyx_rtc.invite')).toEqual([]);
    expect(alice.got('telnyx_rtc.bye')).toMatchObject([{ cause: 'UNALLOCATED_NUMBER' }]);
  });

  it('has one call at a time [ANON-5]', async () => {
    const visitor = await talking(rig());
    await visitor.invite('v-2', '');
    expect(visitor.got('telnyx_rtc.bye')).toMatchObject([{ callID: 'v-2', cause: 'USER_BUSY' }]);
  });

  it('who talks for an hour is sent away with the cause, though its socket was another meanwhile', async () => {
    const gateway = rig();
    const first = await talking(gateway);
    const sessid = first.connection.session?.ids.id;
    first.connection.socketClosed();
    const visitor = gateway.client();
    await visitor.visit({ sessid });
    await pass(gateway, 3_599_999, visitor);
    expect(visitor.got('telnyx_rtc.bye')).toEqual([]);
    await gateway.clock.advance(1);
    expect(visitor.got('telnyx_rtc.bye')).toMatchObject([
      { callID: 'v-1', causeCode: 31, sipReason: 'Longest call reached' },
    ]);
    expect(gateway.media.legs.size).toBe(0);
  });

  it('who hangs up ends the call and its record', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    await visitor.bye('v-1');
    expect(gateway.media.legs.size).toBe(0);
    expect(gateway.recorded()).toEqual([
      { type: 'call_started', call_id: 'v-1', version_id: 'v1', target_params: {} },
      { type: 'call_ended', call_id: 'v-1', cause: 'NORMAL_CLEARING' },
    ]);
  });

  it('who calls again and again is refused once its record is full, which has the parameters once', async () => {
    const gateway = rig();
    const visitor = gateway.client();
    const params = { page: 'x'.repeat(8_000) };
    await visitor.visit({ target_params: params });
    const refused = () => visitor.got('telnyx_rtc.bye')[0];
    for (let calls = 0; calls < 1_500 && refused() === undefined; calls += 1) {
      visitor.send('telnyx_rtc.invite', { sdp: 'offer', dialogParams: { callID: `v-${String(calls)}` } });
      await settled();
      visitor.send('telnyx_rtc.bye', { dialogParams: { callID: `v-${String(calls)}` } });
      await settled();
      await gateway.clock.advance(60);
    }
    expect(refused()).toMatchObject({
      causeCode: 21,
      sipCode: 403,
      sipReason: 'Conversation limit of this login reached',
    });
    expect(gateway.items).toHaveLength(2_000);
    const characters = gateway.items.reduce((sum, { body }) => sum + body.length, 0);
    expect(characters).toBeLessThan(200_000);
    expect(gateway.recorded().filter((body) => JSON.stringify(body).includes(params.page))).toHaveLength(1);
  });

  it('whose assistant hangs up is told so', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    gateway.media.emit({ type: 'engine', leg: legOf(gateway), output: { type: 'hangup' } });
    await settled();
    expect(visitor.got('telnyx_rtc.bye')).toMatchObject([{ callID: 'v-1', cause: 'NORMAL_CLEARING' }]);
  });

  it('who holds and presses keys is taken at it, keys sent either way', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const held = await visitor.request('telnyx_rtc.modify', {
      action: 'hold',
      dialogParams: { callID: 'v-1' },
    });
    expect(held.result).toMatchObject({ holdState: 'held' });
    await visitor.request('telnyx_rtc.info', { dtmf: '12', dialogParams: { callID: 'v-1' } });
    gateway.media.emit({ type: 'dtmf', leg: legOf(gateway), digit: '3' });
    expect(gateway.media.typed('tell').map(({ input }) => input)).toEqual([
      { type: 'dtmf', digits: '12' },
      { type: 'dtmf', digits: '3' },
    ]);
  });

  it('whose socket is lost in the call goes on with it in the same conversation [RESUME-2]', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const sessid = visitor.connection.session?.ids.id;
    visitor.connection.socketClosed();
    const again = gateway.client();
    await again.visit({ sessid });
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['v-1'] }]);
    expect(conversationIdOf(again)).toBe(conversationIdOf(visitor));
    expect(gateway.conversations.size).toBe(1);
  });

  it('whose media worker died goes on with a new engine, which does not greet again', async () => {
    const gateway = rig();
    await talking(gateway);
    gateway.media.emit({ type: 'lost', leg: legOf(gateway), reason: 'worker' });
    await settled();
    expect(gateway.media.typed('converse').map(({ settings }) => settings.greeting === null)).toEqual([
      false,
      true,
    ]);
  });

  it('whose assistant is deleted is sent away [CLOSE-3]', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    gateway.signaling.revoke({ kind: 'assistant', subject: 'b' });
    expect(visitor.closed).toBeNull();
    gateway.signaling.revoke({ kind: 'assistant', subject: 'a' });
    expect(visitor.closed?.code).toBe(CloseCode.revoked);
    expect(gateway.media.legs.size).toBe(0);
  });
});

describe('visitors', () => {
  const visitors = async (gateway: Rig, count: number, address?: string) => {
    const all = Array.from({ length: count }, () => gateway.client(address));
    const answers = [];
    for (const visitor of all) answers.push(await visitor.visit());
    return { all, taken: answers.filter(({ result }) => result !== undefined).length };
  };

  it('of one address are ten at once; one that goes makes room, and one that comes back is let in', async () => {
    const gateway = rig();
    const { all, taken } = await visitors(gateway, 12);
    expect(taken).toBe(10);
    expect(gateway.metered).toEqual(['tooMany', 'tooMany']);
    expect((await visitors(gateway, 1, '192.0.2.2')).taken).toBe(1);
    const [first, second] = all;
    await second?.invite('v-2', '');
    const sessid = second?.connection.session?.ids.id;
    second?.connection.socketClosed();
    expect((await gateway.client().visit({ sessid })).result).toMatchObject({ sessid });
    expect((await gateway.client().visit()).error?.message).toContain('at once');
    first?.connection.socketClosed();
    expect((await gateway.client().visit()).result).toBeDefined();
  });

  it('of one IPv6 network count together, and those of this machine do not count', async () => {
    const gateway = rig();
    expect((await visitors(gateway, 10, '2001:db8::1')).taken).toBe(10);
    expect((await visitors(gateway, 1, '2001:db8::2')).taken).toBe(0);
    expect((await visitors(gateway, 12, '127.0.0.1')).taken).toBe(12);
  });

  it('have half of the media, so that users can still call', async () => {
    const gateway = rig();
    gateway.media.capacity = 4;
    const { all } = await visitors(gateway, 3);
    for (const visitor of all) await visitor.invite('v-1', '');
    const refused = all.map((visitor) => visitor.got('telnyx_rtc.bye'));
    expect(refused).toMatchObject([[], [], [{ causeCode: 42, sipCode: 503 }]]);
    const alice = await gateway.signedIn('alice');
    await alice.invite('a-1', 'echo');
    expect(alice.got('telnyx_rtc.bye')).toEqual([]);
  });
});

describe('an item of a conversation', () => {
  it('is answered, recorded and told to the engine [AI-1]', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const answer = await visitor.request('ai_conversation', text('Hello'));
    expect(answer.result).toMatchObject({ message: 'ITEM TAKEN' });
    const content = [{ type: 'input_text', text: 'Hello' }];
    expect(gateway.media.typed('tell').map(({ input }) => input)).toEqual([{ type: 'message', content }]);
    expect(gateway.recorded().at(-1)).toEqual({ type: 'message', role: 'user', content });
    expect(gateway.items.at(-1)?.id).toBe('i-1');
  });

  it('that comes before there is an engine waits for it', async () => {
    const gateway = rig();
    const visitor = gateway.client();
    await visitor.visit();
    visitor.send('telnyx_rtc.invite', { sdp: 'offer', dialogParams: { callID: 'v-1' } });
    visitor.send('ai_conversation', text('Hello'));
    await settled();
    const types = gateway.media.commands.map(({ type }) => type);
    expect(types.filter((type) => ['converse', 'tell'].includes(type))).toEqual(['converse', 'tell']);
  });

  it.each([
    ['of a user', async (gateway: Rig) => gateway.signedIn('alice')],
    [
      'of a visitor without a call',
      async (gateway: Rig) => {
        const visitor = gateway.client();
        await visitor.visit();
        return visitor;
      },
    ],
  ])('%s is refused [AI-1]', async (_, enter) => {
    const client = await enter(rig());
    const answer = await client.request('ai_conversation', text('Hello'));
    expect(answer.error?.code).toBe(RpcErrorCode.invalidRequest);
  });

  it('of the assistant goes to the client and into the record [AI-3]', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const say = (what: 'said' | 'heard', words: string) => {
      gateway.media.emit({ type: 'engine', leg: legOf(gateway), output: { type: what, text: words } });
    };
    say('heard', 'How are you?');
    say('said', 'Fine.');
    await settled();
    const [, heard, delta, said] = visitor.got('ai_conversation');
    expect(heard).toMatchObject({
      type: 'conversation.item.created',
      item: { role: 'user', content: [{ type: 'input_audio', transcript: 'How are you?' }] },
    });
    expect(delta).toMatchObject({ type: 'response.text.delta', delta: 'Fine.' });
    expect(said).toMatchObject({
      item: { id: delta?.['item_id'], role: 'assistant', content: [{ type: 'text', text: 'Fine.' }] },
    });
    expect(gateway.recorded().slice(1)).toMatchObject([{ role: 'user' }, { role: 'assistant' }]);
  });

  it('that asks for a function is answered once, as a request or as a notification [AI-2]', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const call = (callId: string) => {
      const output = { type: 'toolCall', callId, name: 'weather', arguments: '{}' } as const;
      gateway.media.emit({ type: 'engine', leg: legOf(gateway), output });
    };
    call('f-1');
    call('f-2');
    const created = visitor.got('ai_conversation').slice(1);
    const item = { type: 'function_call', call_id: 'f-1', name: 'weather', arguments: '{}' };
    expect(created[0]).toMatchObject({ type: 'conversation.item.created', item });
    expect((await visitor.request('ai_conversation', output('f-1'))).result).toBeDefined();
    const frames = visitor.frames.length;
    const method = 'ai_conversation';
    for (const callId of ['f-2', 'f-2', 'f-3'])
      visitor.connection.receive(JSON.stringify({ jsonrpc: '2.0', method, params: output(callId) }));
    await settled();
    expect(visitor.frames.length).toBe(frames);
    expect(gateway.media.typed('tell').map(({ input }) => input)).toEqual(
      ['f-1', 'f-2'].map((callId) => ({ type: 'functionOutput', callId, output: '{"sun":true}' })),
    );
    const again = await visitor.request('ai_conversation', output('f-1'));
    expect(again.error?.message).toContain('params.item.call_id');
  });

  it('of the assistant that comes while the client is away is told when it is back', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const sessid = visitor.connection.session?.ids.id;
    visitor.connection.socketClosed();
    const output = { type: 'toolCall', callId: 'f-1', name: 'weather', arguments: '{}' } as const;
    gateway.media.emit({ type: 'engine', leg: legOf(gateway), output });
    const again = gateway.client();
    await again.visit({ sessid });
    const told = again.got('ai_conversation');
    expect(told.filter(({ type }) => type === 'conversation.item.created')).toMatchObject([
      { item: { type: 'function_call', call_id: 'f-1' } },
    ]);
    expect(again.order.indexOf('telnyx_rtc.clientReady')).toBeLessThan(
      again.order.indexOf('ai_conversation'),
    );
  });

  it('with an image goes to the engine whole, and into the record by its kind', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const image = (url: string) => ({ type: 'image_url', image_url: { url } });
    const content = [image('data:image/png;base64,AAAA'), image('https://example.com/a.png')];
    await visitor.request('ai_conversation', {
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    expect(gateway.media.typed('tell').at(-1)?.input).toEqual({ type: 'message', content });
    const recorded = [image('data:image/png,'), content[1]];
    expect(gateway.recorded().at(-1)).toEqual({ type: 'message', role: 'user', content: recorded });
  });

  it('beyond what one visit may add is refused, and not recorded', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    const long = text('x'.repeat(60_000));
    const answers = [];
    for (let sent = 0; sent < 20; sent += 1) answers.push(await visitor.request('ai_conversation', long));
    expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(17);
    expect(answers.at(-1)?.error?.message).toContain('params.item');
    expect(gateway.recorded()).toHaveLength(18);
  });

  it('that cancels what is said interrupts the engine, and one that subscribes to audio does nothing', async () => {
    const gateway = rig();
    const visitor = await talking(gateway);
    for (const type of ['response.cancel', 'response.audio_stream.subscribe']) {
      const answer = await visitor.request('ai_conversation', {
        type: 'conversation.item.create',
        item: { type },
      });
      expect(answer.result).toBeDefined();
    }
    expect(gateway.media.typed('tell').map(({ input }) => input)).toEqual([{ type: 'interrupt' }]);
  });
});
