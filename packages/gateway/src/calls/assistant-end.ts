import type { AiConversationParams, HangupCause } from '@parley/protocol';
import type { Visit } from '../assistants/visit.ts';
import type { EngineInput, EngineOutput } from '../media/engines/engine-messages.ts';
import type { MediaCommand } from '../media/media-plane.ts';
import type { Leg } from './leg.ts';

/** So much is kept for a client that is away; what is older is in the record alone. */
const MOST_UNTOLD = 100;

export interface AssistantEndPorts {
  /** Carries a media command out, and sees to its failure. */
  send(command: MediaCommand): void;
  hangUp(): void;
}

/** The far end of a call to an assistant: between its engine in the media plane, the visitor's client and the record. */
export class AssistantEnd {
  readonly #visit: Visit;
  readonly #caller: Leg;
  readonly #ports: AssistantEndPorts;
  /** What was said before there was an engine to hear it; null once there is one. */
  #unheard: EngineInput[] | null = [];
  /** What was said while the client was away. */
  #untold: AiConversationParams[] = [];
  #isOver = false;

  constructor(visit: Visit, caller: Leg, ports: AssistantEndPorts) {
    this.#visit = visit;
    this.#caller = caller;
    this.#ports = ports;
  }

  start(): void {
    this.#visit.callStarted(this.#caller.callId);
  }

  /** Starts the engine. It is the second one where the media was made anew. */
  async converse(greets: boolean): Promise<void> {
    this.#unheard ??= [];
    const plan = await this.#visit.engine(greets);
    if (this.#isOver) return;
    this.#ports.send({ type: 'converse', leg: this.#caller.id, ...plan });
    const unheard = this.#unheard;
    this.#unheard = null;
    for (const input of unheard) this.tell(input);
  }

  tell(input: EngineInput): void {
    if (this.#unheard === null) this.#ports.send({ type: 'tell', leg: this.#caller.id, input });
    else this.#unheard.push(input);
  }

  /** The engine says or does something. */
  told(output: EngineOutput): void {
    if (output.type === 'hangup') {
      this.#ports.hangUp();
      return;
    }
    this.#untold.push(...this.#visit.hear(output));
    if (this.#caller.session.connection !== null) this.resumed();
    else this.#untold.splice(0, this.#untold.length - MOST_UNTOLD);
  }

  /** The client is there to be told things. */
  resumed(): void {
    const untold = this.#untold;
    this.#untold = [];
    for (const params of untold) this.#caller.session.push('ai_conversation', params);
  }

  end(cause: HangupCause): void {
    this.#isOver = true;
    this.#visit.callEnded(this.#caller.callId, cause);
  }
}
