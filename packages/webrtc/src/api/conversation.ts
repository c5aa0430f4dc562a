/** The assistant wants the page to do something; answer it by `call.sendAIConversationMessage()`. */
export interface FunctionCallItem {
  id?: string;
  type: 'function_call';
  call_id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

export interface FunctionCallOutputItem {
  type: 'function_call_output';
  /** That of the function call. */
  call_id: string;
  /** JSON text. */
  output: string;
}

/** Asks for the assistant's audio as events, where the server offers that. */
export interface ResponseAudioStreamSubscribeItem {
  type: 'response.audio_stream.subscribe';
}

/** Asks the assistant to stop what it is saying, where the server offers that. */
export interface ResponseCancelItem {
  type: 'response.cancel';
}

/** What `call.sendAIConversationMessage()` takes. */
export type AIConversationClientItem =
  FunctionCallOutputItem | ResponseAudioStreamSubscribeItem | ResponseCancelItem;

export interface AIConversationContent {
  type: string;
  text?: string;
  /** Of what was spoken. */
  transcript?: string;
  image_url?: { url: string };
}

export interface AIConversationMessageItem {
  id?: string;
  type: 'message';
  role: 'user' | 'assistant';
  status?: string;
  content: AIConversationContent[];
}

/** Which conversation this is: `anonymous_login.target_params.conversation_id` of a later login goes on with it. */
export interface AIConversationCreatedParams {
  type: 'conversation.created';
  conversation: { id: string };
}

/** Something was said, or is to be done. */
export interface AIConversationItemCreatedParams {
  type: 'conversation.item.created';
  item: FunctionCallItem | FunctionCallOutputItem | AIConversationMessageItem;
}

/** A further piece of what the assistant says; those of one `item_id` belong together. */
export interface AIConversationTextDeltaParams {
  type: 'response.text.delta';
  item_id: string;
  delta: string;
}

/** Of the assistant's other events only the type is known. */
export interface AIConversationOtherParams {
  type: 'error' | 'response.audio.delta' | 'response.created' | 'response.done' | 'response.text.done';
  [member: string]: unknown;
}

/** What the assistant sends, as it came: by its `type`. */
export type AIConversationParams =
  | AIConversationCreatedParams
  | AIConversationItemCreatedParams
  | AIConversationTextDeltaParams
  | AIConversationOtherParams;

/** Payload of `telnyx.ai.conversation`. */
export interface IAIConversationMessageEvent {
  method: 'ai_conversation';
  params: AIConversationParams;
  voice_sdk_id?: string;
}

/** @returns whether the assistant wants a function to be called */
export function isFunctionCallParams(
  params: unknown,
): params is AIConversationItemCreatedParams & { item: FunctionCallItem } {
  return hasItem(params, 'function_call', 'name');
}

/** @returns whether this is what came of a function call */
export function isFunctionCallOutputParams(
  params: unknown,
): params is AIConversationItemCreatedParams & { item: FunctionCallOutputItem } {
  return hasItem(params, 'function_call_output', 'output');
}

function hasItem(params: unknown, type: string, ...texts: string[]): boolean {
  const item = member(params, 'item');
  return (
    member(item, 'type') === type &&
    ['call_id', ...texts].every((name) => typeof member(item, name) === 'string')
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
