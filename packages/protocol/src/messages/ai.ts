/** Conversation with an AI assistant, beside the audio. Event names follow the OpenAI Realtime vocabulary. */

export type ContentPart =
  | { type: 'input_text'; text: string }
  | { type: 'image_url'; image_url: { url: string } };

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

export interface AiConversationParams {
  type: string;
  previous_item_id?: string | null;
  item?: { type?: string; [key: string]: unknown };
  [key: string]: unknown;
}
