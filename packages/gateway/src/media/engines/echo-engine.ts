import type { ContentPart } from '@parley/protocol';
import { unpackClip } from '../clips/clip.ts';
import type { Engine, EnginePorts } from './engine.ts';
import type { EngineInput, EngineSettings } from './engine-messages.ts';

/** Messages that ask for something other than an echo, so that applications can try what they do about it. */
const functionCall = /^call ([\w-]{1,64})(?: (.+))?$/s;
const tellParams = 'params';
const hangUp = 'hangup';

/**
 * Says the greeting, then repeats what it hears; a key or an interruption cuts the greeting short. A message is answered
 * by the same text, but for three: `call NAME {json}` makes a function call, whose output it then says; `params` tells
 * the `target_params` of the login as JSON; `hangup` ends the call.
 */
export function createEchoEngine({ greeting, params }: EngineSettings, ports: EnginePorts): Engine {
  const { speak, hush, relay, tell, callId } = ports;
  if (greeting?.text) tell({ type: 'said', text: greeting.text });
  if (greeting?.clip) speak(unpackClip(greeting.clip));

  const answer = (text: string): void => {
    const [, name, given = '{}'] = functionCall.exec(text) ?? [];
    if (name !== undefined && isJson(given))
      tell({ type: 'toolCall', callId: callId(), name, arguments: given });
    else if (text === tellParams) tell({ type: 'said', text: JSON.stringify(params) });
    else if (text === hangUp) tell({ type: 'hangup' });
    else tell({ type: 'said', text });
  };
  const take = (input: EngineInput): void => {
    switch (input.type) {
      case 'dtmf':
      case 'interrupt':
        hush();
        return;
      case 'message':
        answer(input.content.map(toText).join('\n'));
        return;
      case 'functionOutput':
        tell({ type: 'said', text: input.output });
        return;
    }
  };
  return { hear: relay, take, close: hush };
}

const toText = (part: ContentPart): string => (part.type === 'input_text' ? part.text : '[image]');

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
