import { createHash } from 'node:crypto';
import type { AnonymousLoginParams } from '@parley/protocol';
import type { EngineSettings } from '../media/engines/engine-messages.ts';
import type { Log, Random } from '../ports.ts';
import type { Authentication, Identity } from '../registrar/authenticator.ts';
import type { Assistants, AssistantVersion, Conversations } from '../store/assistant-records.ts';
import { ConversationRecord } from './conversation-record.ts';
import type { Greetings } from './greetings.ts';
import { Visit } from './visit.ts';

export interface Visits {
  /** Finds out whom an anonymous login wants to talk to. @returns a visitor, or a sentence that says why not */
  receive(request: AnonymousLoginParams): Promise<Authentication | { refused: string }>;
  /** Resolves once all that was said so far is written. */
  written(): Promise<void>;
}

export function createVisits(ports: {
  store: {
    assistants: Pick<Assistants, 'find' | 'findVersion'>;
    conversations: Pick<Conversations, 'find' | 'insert' | 'append'>;
  };
  greetings: Greetings;
  random: Pick<Random, 'uuid'>;
  /** Milliseconds of the epoch. */
  now: () => number;
  log: Log;
}): Visits {
  const { greetings, random, now, log } = ports;
  const { assistants, conversations } = ports.store;
  const underWay = new Set<Promise<void>>();
  const writing = (written: Promise<void>): void => {
    underWay.add(written);
    void written.then(() => underWay.delete(written));
  };

  const versionOf = async (request: AnonymousLoginParams): Promise<AssistantVersion | string> => {
    const { target_type: type, target_id: id, target_version_id: versionId } = request;
    if (type !== 'ai_assistant') return 'target_type must be ai_assistant.';
    const found = await assistants.find(id);
    if (found === undefined) return 'target_id names no assistant of this gateway.';
    if (versionId === undefined) return found.version;
    const version = await assistants.findVersion(id, versionId);
    return version ?? 'target_version_id names no version of this assistant.';
  };

  const visitOf = (version: AssistantVersion, params: Params): Visit => {
    const { assistantId } = version;
    const { conversation_id: joined } = params;
    const conversationId = joined ?? `conversation-${random.uuid()}`;
    const plan = {
      assistantId,
      versionId: version.id,
      conversationId,
      begins: joined === undefined,
      params,
    };
    return new Visit(plan, {
      record: new ConversationRecord(conversationId, { conversations, now, log, writing }),
      uuid: random.uuid,
      engineOf: async (greets) => ({
        engine: version.engine,
        settings: toSettings(version, params, greets ? await greetings.clipOf(version) : undefined),
      }),
    });
  };

  return {
    async receive(request) {
      const version = await versionOf(request);
      if (typeof version === 'string') return { refused: version };
      const params = request.target_params ?? {};
      const joined = params.conversation_id;
      const isOfAnother =
        joined !== undefined && (await conversations.find(joined))?.assistantId !== version.assistantId;
      if (isOfAnother)
        return { refused: 'target_params.conversation_id names no conversation with this assistant.' };
      const visitor = `visitor:${random.uuid()}`;
      return {
        identity: toIdentity(visitor, request, visitOf(version, params)),
        expiresAt: null,
        tokenId: null,
      };
    },
    async written() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

type Params = NonNullable<AnonymousLoginParams['target_params']>;

/**
 * Who asks for the same again may resume a session of the same wish, and no other. No user can have the visitor's name,
 * so nobody can call it.
 */
function toIdentity(visitor: string, request: AnonymousLoginParams, visit: Visit): Identity {
  const wish = [request.target_id, request.target_version_id, request.target_params];
  return {
    credentialId: `visit:${createHash('sha256').update(JSON.stringify(wish)).digest('base64url')}`,
    sipUsername: visitor,
    displayName: 'Visitor',
    callerNumbers: [],
    generateRingback: false,
    // An item of the conversation names no call, and is for the only one.
    maxCalls: 1,
    visit,
  };
}

/** @param clip undefined where nobody is to be greeted */
function toSettings(
  version: AssistantVersion,
  params: Params,
  clip: string | null | undefined,
): EngineSettings {
  return {
    instructions: version.instructions,
    greeting: clip === undefined ? null : { text: version.greeting, clip },
    options: version.engineSettings,
    params,
  };
}
