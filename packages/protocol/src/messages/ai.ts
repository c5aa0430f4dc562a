/** Conversation with an AI assistant, beside the audio. Event names follow the OpenAI Realtime vocabulary. */

export interface InputText {
  type: 'input_text';
  text: string;
}

export interface ImageUrl {
  type: 'image_url';
  /** `https:` or `data:`. */
  image_url: { url: string };
}

export type ContentPart = InputText | ImageUrl;

export interface UserMessageItem {
  id?: string;
  type: 'message';
  role: 'user';
  content: readonly ContentPart[];
}

export interface FunctionCallItem {
  type: 'function_call';
  call_id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

export interface FunctionCallOutputItem {
  type: 'function_call_output';
  call_id: string;
  /** JSON text. */
  output: string;
}

export interface ResponseAudioStreamSubscribeItem {
  type: 'response.audio_stream.subscribe';
}

/** Asks the assistant to stop what it is saying. Of this gateway; the name is that of the OpenAI Realtime event. */
export interface ResponseCancelItem {
  type: 'response.cancel';
}

/** What a client may add to a conversation. */
export type ClientItem =
  UserMessageItem | FunctionCallOutputItem | ResponseAudioStreamSubscribeItem | ResponseCancelItem;

/** To the gateway. Names no call: the gateway finds it by the session. */
export interface AiConversationRequest {
  type: 'conversation.item.create';
  previous_item_id?: string | null;
  item: ClientItem;
}

/** To the client, which hands it to the application as it is. */
export interface AiConversationParams {
  type: string;
  previous_item_id?: string | null;
  item?: { type?: string; [key: string]: unknown };
  [key: string]: unknown;
}
