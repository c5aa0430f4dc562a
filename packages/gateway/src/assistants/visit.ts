import type { AiConversationParams, ClientItem, ContentPart, HangupCause } from '@parley/protocol';
import type {
  EngineInput,
  EngineName,
  EngineOutput,
  EngineSettings,
} from '../media/engines/engine-messages.ts';
import type { VisitRecord } from '../store/call-records.ts';
import type { ConversationRecord } from './conversation-record.ts';

/** A word of an engine's that the conversation has; the end of a call it has otherwise. */
export type Utterance = Exclude<EngineOutput, { type: 'hangup' }>;

export interface VisitPlan extends VisitRecord {
  /** The conversation is a new one. */
  begins: boolean;
}

export interface VisitPorts {
  record: Pick<ConversationRecord, 'open' | 'add'>;
  uuid: () => string;
  /** What the engine of this version is started with. */
  engineOf(greets: boolean): Promise<{ engine: EngineName; settings: EngineSettings }>;
}

/** Nobody proved who a visitor is, and all of it is kept: there must be an end to it. */
const MOST_ITEMS = 2_000;
const MOST_CHARACTERS = 1024 * 1024;
const tooMuch = 'params.item is more than one visit may add to a conversation; log in again to go on.';

/** What a client may say next is told by a text; else it is for the engine, or for nobody. */
export type Taken = { refused: string } | { input: EngineInput | null };

/** A visitor at an assistant: which version it talks to, and what is said, on its way between client, engine and record. */
export class Visit {
  readonly assistantId: string;
  readonly versionId: string;
  readonly conversationId: string;
  readonly #plan: VisitPlan;
  readonly #ports: VisitPorts;
  #allowance = { items: MOST_ITEMS, characters: MOST_CHARACTERS };
  /** A call of this visit has said what `target_params` are. */
  #hasToldParams = false;
  /** Function calls that wait for their output. */
  readonly #calling = new Set<string>();

  constructor(plan: VisitPlan, ports: VisitPorts) {
    this.assistantId = plan.assistantId;
    this.versionId = plan.versionId;
    this.conversationId = plan.conversationId;
    this.#plan = plan;
    this.#ports = ports;
  }

  /** What another process needs to go on with it. */
  get kept(): VisitRecord {
    const { visitor, assistantId, wantedVersionId, params, versionId, conversationId } = this.#plan;
    return { visitor, assistantId, wantedVersionId, params, versionId, conversationId };
  }

  /** The visitor is in. */
  begin(): void {
    const { assistantId, params, begins } = this.#plan;
    if (begins) this.#ports.record.open({ assistantId, targetParams: JSON.stringify(params) });
  }

  /** @param greets false where a call goes on, and only its engine is another one */
  engine(greets: boolean): Promise<{ engine: EngineName; settings: EngineSettings }> {
    return this.#ports.engineOf(greets);
  }

  /** There is room in the record for the start and the end of one more call. */
  get allowsCall(): boolean {
    return this.#allowance.items >= 2 && this.#allowance.characters > 0;
  }

  callStarted(callId: string): void {
    this.#calling.clear();
    const started = { call_id: callId, version_id: this.versionId };
    this.#recordCall('call_started', {
      ...started,
      ...(this.#hasToldParams ? {} : { target_params: this.#plan.params }),
    });
    this.#hasToldParams = true;
  }

  callEnded(callId: string, { cause }: HangupCause): void {
    this.#recordCall('call_ended', { call_id: callId, cause });
  }

  #recordCall(type: 'call_started' | 'call_ended', body: object): void {
    this.#charge(JSON.stringify(body).length);
    this.#ports.record.add(this.#ports.uuid(), type, body);
  }

  /** Takes what the client adds to the conversation. */
  take(item: ClientItem): Taken {
    const { record, uuid } = this.#ports;
    this.#charge(charactersOf(item));
    if (this.#allowance.items < 0 || this.#allowance.characters < 0) return { refused: tooMuch };
    switch (item.type) {
      case 'message':
        record.add(item.id ?? uuid(), 'message', { role: item.role, content: item.content.map(toRecorded) });
        return { input: { type: 'message', content: item.content } };
      case 'function_call_output': {
        const { call_id: callId, output } = item;
        if (!this.#calling.delete(callId))
          return { refused: 'params.item.call_id names no function call that waits for its output.' };
        record.add(uuid(), 'function_call_output', { call_id: callId, output });
        return { input: { type: 'functionOutput', callId, output } };
      }
      case 'response.cancel':
        return { input: { type: 'interrupt' } };
      case 'response.audio_stream.subscribe':
        return { input: null };
    }
  }

  #charge(charactersMore: number): void {
    const { items, characters } = this.#allowance;
    this.#allowance = { items: items - 1, characters: characters - charactersMore };
  }

  /** @returns what the client is told of it */
  hear(utterance: Utterance): AiConversationParams[] {
    const { record, uuid } = this.#ports;
    const id = uuid();
    switch (utterance.type) {
      case 'said': {
        const content = [{ type: 'text', text: utterance.text }];
        record.add(id, 'message', { role: 'assistant', content });
        return [
          { type: 'response.text.delta', item_id: id, delta: utterance.text },
          created({ id, type: 'message', role: 'assistant', status: 'completed', content }),
        ];
      }
      case 'heard': {
        const content = [{ type: 'input_audio', transcript: utterance.text }];
        record.add(id, 'message', { role: 'user', content });
        return [created({ id, type: 'message', role: 'user', status: 'completed', content })];
      }
      case 'toolCall': {
        const { callId, name } = utterance;
        const call = { call_id: callId, name, arguments: utterance.arguments };
        this.#calling.add(callId);
        record.add(id, 'function_call', call);
        return [created({ id, type: 'function_call', ...call })];
      }
    }
  }
}

/** An image is for the engine; of one that is given whole the record has what kind it was. */
function toRecorded(part: ContentPart): ContentPart {
  if (part.type !== 'image_url' || !part.image_url.url.startsWith('data:')) return part;
  const [kind = ''] = part.image_url.url.slice(0, 256).split(/[;,]/, 1);
  return { type: 'image_url', image_url: { url: `${kind},` } };
}

function charactersOf(item: ClientItem): number {
  switch (item.type) {
    case 'message':
      return JSON.stringify(item.content.map(toRecorded)).length;
    case 'function_call_output':
      return item.output.length;
    case 'response.cancel':
    case 'response.audio_stream.subscribe':
      return 0;
  }
}

function created(item: { type: string; [member: string]: unknown }): AiConversationParams {
  return { type: 'conversation.item.created', item };
}
