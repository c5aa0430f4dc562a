import { createHash } from 'node:crypto';
import type { AnonymousLoginParams } from '@parley/protocol';
import type { EngineSettings } from '../media/engines/engine-messages.ts';
import type { Log, Random } from '../ports.ts';
import type { Authentication, Identity } from '../registrar/authenticator.ts';
import type { VisitRecord } from '../store/call-records.ts';
import type { Assistants, AssistantVersion, Conversations } from '../store/assistant-records.ts';
import { ConversationRecord } from './conversation-record.ts';
import type { Greetings } from './greetings.ts';
import { Visit, type VisitPlan } from './visit.ts';

export interface Visits {
  /** Finds out whom an anonymous login wants to talk to. @returns a visitor, or a sentence that says why not */
  receive(request: AnonymousLoginParams): Promise<Authentication | { refused: string }>;
  /** A visitor of a former process goes on. @returns null where there is no such assistant any more */
  goOn(kept: VisitRecord): Promise<Identity | null>;
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

  const visitOf = (version: AssistantVersion, plan: VisitPlan): Visit =>
    new Visit(plan, {
      record: new ConversationRecord(plan.conversationId, { conversations, now, log, writing }),
      uuid: random.uuid,
      engineOf: async (greets) => ({
        engine: version.engine,
        settings: toSettings(version, plan.params, greets ? await greetings.clipOf(version) : undefined),
      }),
    });

  return {
    async receive(request) {
      const version = await versionOf(request);
      if (typeof version === 'string') return { refused: version };
      const params: VisitRecord['params'] = { ...request.target_params };
      const joined = request.target_params?.conversation_id;
      const isOfAnother =
        joined !== undefined && (await conversations.find(joined))?.assistantId !== version.assistantId;
      if (isOfAnother)
        return { refused: 'target_params.conversation_id names no conversation with this assistant.' };
      const plan = {
        visitor: `visitor:${random.uuid()}`,
        assistantId: version.assistantId,
        wantedVersionId: request.target_version_id ?? null,
        params,
        versionId: version.id,
        conversationId: joined ?? `conversation-${random.uuid()}`,
        begins: joined === undefined,
      };
      const identity = toIdentity(plan, visitOf(version, plan));
      return { identity, expiresAt: null, tokenId: null };
    },
    async goOn(kept) {
      const version = await assistants.findVersion(kept.assistantId, kept.versionId);
      return version === undefined ? null : toIdentity(kept, visitOf(version, { ...kept, begins: false }));
    },
    async written() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/**
 * Who asks for the same again may resume a session of the same wish, and no other. No user can have the visitor's name,
 * so nobody can call it.
 */
function toIdentity({ visitor, assistantId, wantedVersionId, params }: VisitRecord, visit: Visit): Identity {
  const wish = [assistantId, wantedVersionId, params];
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
  params: VisitRecord['params'],
  clip: string | null | undefined,
): EngineSettings {
  return {
    instructions: version.instructions,
    greeting: clip === undefined ? null : { text: version.greeting, clip },
    options: version.engineSettings,
    params,
  };
}
