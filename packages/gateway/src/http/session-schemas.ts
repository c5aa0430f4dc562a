import { limits } from '@parley/protocol';
import { z } from 'zod';
import type { CallAndLeg } from '../calls/calls.ts';
import type { Fault } from '../session-control.ts';
import type { Session } from '../sessions/session.ts';
import { pageMetaSchema, pageQuerySchema } from './pages.ts';

/** Longer than any client waits for a sign of life. */
const mostSeconds = 300;
const defaultStallSeconds = 30;

export const sessionQuerySchema = pageQuerySchema.extend({ 'filter[sip_username]': z.string().optional() });

const callSchema = z.object({
  record_type: z.literal('call_leg'),
  call_id: z.string().meta({ description: "The client's id of the call." }),
  call_session_id: z.string().meta({ description: 'Of the whole call; that of its other party, too.' }),
  call_leg_id: z.string(),
  direction: z.enum(['inbound', 'outbound']).meta({ description: "As the session's client sees it." }),
  state: z.enum(['ringing', 'established']),
  held: z.boolean(),
});

const sessionSchema = z.object({
  record_type: z.literal('session'),
  id: z.string().meta({ description: '`client.sessionid` in the page.' }),
  sip_username: z.string(),
  state: z.enum(['attached', 'held']).meta({ description: 'Whether its client has a socket at present.' }),
  capabilities: z.array(z.string()),
  calls: z.array(callSchema),
});

export const sessionAnswerSchema = z.object({ data: sessionSchema });
export const sessionListSchema = z.object({ data: z.array(sessionSchema), meta: pageMetaSchema });

export function toAnswer(session: Session, calls: readonly CallAndLeg[]): z.output<typeof sessionSchema> {
  return {
    record_type: 'session',
    id: session.ids.id,
    sip_username: session.identity.sipUsername,
    state: session.connection === null ? 'held' : 'attached',
    capabilities: [...session.granted],
    calls: calls.map(({ call, leg }) => ({
      record_type: 'call_leg',
      call_id: leg.callId,
      call_session_id: call.id,
      call_leg_id: leg.id,
      direction: call.isCaller(leg.id) ? 'outbound' : 'inbound',
      state: call.stateName === 'established' ? 'established' : 'ringing',
      held: call.isHeld(leg.id),
    })),
  };
}

const faults = {
  drop: [],
  'half-open': ['seconds'],
  'server-leaves': ['seconds'],
  punt: ['call_id'],
  'media-lost': ['call_id'],
  'media-worker-dies': ['call_id'],
} as const satisfies Record<Fault['kind'], readonly string[]>;

const mustBeFault = `must be one of ${Object.keys(faults).join(', ')}`;
const mustBeSeconds = `must be a whole number from 1 to ${String(mostSeconds)}`;
const mustBeCallId = `must be 1 to ${String(limits.callIdLength)} characters`;

export const simulationSchema = z
  .strictObject({
    fault: z.enum(['drop', 'half-open', 'server-leaves', 'punt', 'media-lost', 'media-worker-dies'], {
      error: mustBeFault,
    }),
    seconds: z
      .int({ error: mustBeSeconds })
      .min(1, { error: mustBeSeconds })
      .max(mostSeconds, { error: mustBeSeconds })
      .optional()
      .meta({
        description: `\`half-open\`: for how long; default ${String(defaultStallSeconds)}. \`server-leaves\`: for how long the client is asked to stay away; default: as it likes.`,
      }),
    call_id: z
      .string({ error: mustBeCallId })
      .min(1, { error: mustBeCallId })
      .max(limits.callIdLength, { error: mustBeCallId })
      .optional()
      .meta({
        description:
          '`media-lost`, `media-worker-dies`: the call that it happens to; default: each answered one. `punt`: a call that its client may keep; default: the session ends.',
      }),
  })
  .superRefine((body, context) => {
    const takes: readonly string[] = faults[body.fault];
    for (const name of ['seconds', 'call_id'] as const) {
      if (body[name] === undefined || takes.includes(name)) continue;
      context.addIssue({ code: 'custom', path: [name], message: `is of no use to ${body.fault}` });
    }
  });

export const simulationAnswerSchema = z.object({
  data: z.object({
    record_type: z.literal('simulation'),
    session_id: z.string(),
    fault: z.string(),
    call_ids: z.array(z.string()).meta({ description: 'The calls whose media it was done to.' }),
  }),
});

export function toFault({ fault: kind, seconds, call_id: callId }: z.output<typeof simulationSchema>): Fault {
  switch (kind) {
    case 'drop':
      return { kind };
    case 'half-open':
      return { kind, seconds: seconds ?? defaultStallSeconds };
    case 'server-leaves':
      return { kind, retryAfter: seconds };
    case 'punt':
    case 'media-lost':
    case 'media-worker-dies':
      return { kind, callId };
  }
}
