import type { ContentPart } from '@parley/protocol';

/** What passes between an assistant's engine and the rest of the gateway: plain data, spoken across processes. */

export const engineNames = ['echo'] as const;
export type EngineName = (typeof engineNames)[number];

/** What an engine is started with. */
export interface EngineSettings {
  instructions: string | null;
  /** What the assistant says first; none where it takes up a call that goes on. */
  greeting: Greeting | null;
  /** `engine_settings` of the assistant's version. */
  options: Readonly<Record<string, unknown>>;
  /** `target_params` of the visitor's login, as they came. */
  params: Readonly<Record<string, unknown>>;
}

export interface Greeting {
  /** As it is to be read. */
  text: string | null;
  /** As it is to be heard: a packed clip. */
  clip: string | null;
}

/** What an engine is told, beside the audio that it hears. */
export type EngineInput =
  | { type: 'dtmf'; digits: string }
  | { type: 'message'; content: readonly ContentPart[] }
  | { type: 'functionOutput'; callId: string; output: string }
  /** Be silent: whatever is being said is of no use any more. */
  | { type: 'interrupt' };

/** What an engine tells, beside the audio that it gives. */
export type EngineOutput =
  /** A message of the assistant, spoken or written. */
  | { type: 'said'; text: string }
  /** What the caller was understood to say. */
  | { type: 'heard'; text: string }
  /** The application is to do something; its output comes back under the same id. `arguments` is JSON text. */
  | { type: 'toolCall'; callId: string; name: string; arguments: string }
  /** The assistant ends the call. */
  | { type: 'hangup' };
