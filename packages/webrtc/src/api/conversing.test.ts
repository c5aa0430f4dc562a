import { CALL_ANSWERED, callIdOf, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice } from './alice.fixture.ts';
import {
  type IAIConversationMessageEvent,
  isFunctionCallOutputParams,
  isFunctionCallParams,
} from './conversation.ts';
import { TelnyxError } from './errors.ts';
import type { IClientOptions } from './options.ts';

const VISITOR: IClientOptions = {
  login: '',
  password: '',
  anonymous_login: {
    target_type: 'ai_assistant',
    target_id: 'assistant-1',
    target_version_id: 'v2',
    target_params: { conversation_id: 'c', x: { y: 1 } },
  },
};

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('telnyx_rtc.invite', CALL_ANSWERED)
    .on('ai_conversation', (request, to) => {
      if (request.id !== undefined) to.answer(request, { message: 'ITEM TAKEN' });
    });
});

async function conversing() {
  const visitor = await Alice.ready(gateway, VISITOR);
  const told: IAIConversationMessageEvent[] = [];
  visitor.client.on('telnyx.ai.conversation', (event) => told.push(event));
  const call = visitor.client.newCall({});
  await settle();
  return { visitor, call, told };
}

describe('a visitor', () => {
  it('logs in by what the options say, and calls without a destination', async () => {
    const { visitor, call } = await conversing();
    expect(gateway.requests('login')).toEqual([]);
    expect(gateway.requests('anonymous_login')).toMatchObject([{ params: VISITOR.anonymous_login }]);
    expect(visitor.statesOf(call)).toEqual(['new', 'requesting', 'trying', 'active']);
    const [invite] = gateway.requests('telnyx_rtc.invite');
    expect(invite && callIdOf(invite)).toBe(call.id);
  });

  it('with credentials is none: its call needs a destination', async () => {
    const alice = await Alice.ready(gateway);
    expect(() => alice.client.newCall({})).toThrow(TelnyxError);
    expect(() => alice.client.newCall({})).toThrow(expect.objectContaining({ code: 44002 }));
  });

  it('writes text, with and without images', async () => {
    const { call } = await conversing();
    await expect(call.sendConversationMessage('Hello')).resolves.toMatchObject({ message: 'ITEM TAKEN' });
    await call.sendConversationMessage('See', ['data:image/png;base64,AA==']);
    const [first, second] = gateway.requests('ai_conversation').map(({ params }) => params);
    expect(first).toEqual({
      type: 'conversation.item.create',
      previous_item_id: null,
      item: {
        id: expect.any(String) as string,
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: 'Hello' }],
      },
    });
    expect(second).toMatchObject({
      item: {
        content: [{ text: 'See' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }],
      },
    });
  });

  it('is told what the assistant says, and answers a function call by a notification', async () => {
    const { call, told } = await conversing();
    const item = { type: 'function_call', call_id: 'f-1', name: 'weather', arguments: '{}' };
    gateway.push('ai_conversation', { type: 'conversation.item.created', item });
    await settle();
    expect(told).toEqual([
      { method: 'ai_conversation', params: { type: 'conversation.item.created', item } },
    ]);
    const params = told[0]?.params;
    if (!isFunctionCallParams(params)) throw new Error('It is no function call.');
    const output = { type: 'function_call_output', call_id: params.item.call_id, output: '1' } as const;
    call.sendAIConversationMessage(output);
    await settle();
    const sent = gateway.requests('ai_conversation').at(-1);
    expect(sent?.id).toBeUndefined();
    expect(sent?.params).toEqual({ type: 'conversation.item.create', item: output });
  });

  it('whose call has ended, or whose socket is lost, is told that nothing can be sent', async () => {
    const { call } = await conversing();
    gateway.cut();
    await settle();
    const item = { type: 'response.cancel' } as const;
    expect(() => {
      call.sendAIConversationMessage(item);
    }).toThrow('not connected');
    await call.hangup({}, false);
    expect(() => {
      call.sendAIConversationMessage(item);
    }).toThrow('The call has ended');
    await expect(call.sendConversationMessage('Hello')).rejects.toThrow('The call has ended');
  });
});

describe('the guards', () => {
  const call = { type: 'function_call', call_id: 'f', name: 'n', arguments: '{}' };
  const output = { type: 'function_call_output', call_id: 'f', output: '{}' };
  it.each([
    [{ type: 'conversation.item.created', item: call }, true, false],
    [{ type: 'conversation.item.create', item: output }, false, true],
    [{ type: 'conversation.item.created', item: { ...call, name: 5 } }, false, false],
    [{ type: 'response.text.delta', delta: 'Hi' }, false, false],
    [undefined, false, false],
  ])('%j', (params, isCall, isOutput) => {
    expect([isFunctionCallParams(params), isFunctionCallOutputParams(params)]).toEqual([isCall, isOutput]);
  });
});
