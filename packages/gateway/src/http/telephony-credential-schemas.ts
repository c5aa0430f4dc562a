import { z } from 'zod';
import { echoDestination } from '../calls/routing.ts';
import type { CredentialRequest } from '../registrar/provisioning.ts';
import type { Credential, CredentialChange } from '../store/store.ts';
import { pageMetaSchema, pageQuerySchema } from './pages.ts';

const changeable = {
  connection_id: text(128)
    .nullable()
    .meta({ description: 'Kept and given back; means nothing to the gateway.' }),
  name: text(256).meta({ description: 'For people who manage credentials. Default: the SIP user name.' }),
  tag: text(128).nullable().meta({ description: 'Finds credentials that belong together.' }),
  expires_at: time().nullable().meta({
    description: 'When it ceases to work, in ISO 8601; UTC where no zone is given. Default: never.',
    example: '2030-01-31T12:00:00Z',
  }),
  display_name: text(128).meta({ description: 'Shown to the called. Default: the SIP user name.' }),
  caller_numbers: z
    .array(
      z.string({ error: 'must be a phone number such as +15550100' }).regex(/^\+?\d{1,20}$/, {
        error: 'must be a phone number such as +15550100',
      }),
      { error: 'must be a list of at most 100 phone numbers' },
    )
    .max(100, { error: 'must be a list of at most 100 phone numbers' })
    .meta({ description: 'Numbers that the user may show as caller number. Default: none.' }),
  generate_ringback: z.boolean({ error: 'must be true or false' }).meta({
    description: 'The gateway plays ringback to this user while the called one rings. Default: true.',
  }),
  max_calls: z
    .int({ error: 'must be a whole number from 1 to 1000, or null' })
    .min(1, { error: 'must be a whole number from 1 to 1000, or null' })
    .max(1000, { error: 'must be a whole number from 1 to 1000, or null' })
    .nullable()
    .meta({ description: 'With so many calls at once the user is busy. Default: null, no limit.' }),
};

/** Accepted at creation; the vendor's members, and ours. */
export const creationSchema = z
  .strictObject({
    ...changeable,
    sip_username: z
      .string({ error: 'must be 1 to 64 letters, digits and the characters _ . + -' })
      .regex(/^[\w.+-]{1,64}$/, { error: 'must be 1 to 64 letters, digits and the characters _ . + -' })
      .refine((name) => name.toLowerCase() !== echoDestination, { error: 'is reserved for the gateway' })
      .meta({ description: 'Unique. Default: made up.' }),
    sip_password: z
      .string({ error: 'must be 8 to 128 characters' })
      .min(8, { error: 'must be 8 to 128 characters' })
      .max(128, { error: 'must be 8 to 128 characters' })
      .meta({ description: 'Default: made up.' }),
  })
  .partial();

export const changeSchema = z.strictObject(changeable).partial();

export const listQuerySchema = pageQuerySchema.extend({
  'filter[name]': z.string().optional(),
  'filter[tag]': z.string().optional(),
  'filter[sip_username]': z.string().optional(),
});

export const credentialSchema = z.object({
  id: z.string(),
  record_type: z.literal('credential'),
  name: z.string(),
  tag: z.string().nullable(),
  connection_id: z.string().nullable(),
  resource_id: z.string().nullable(),
  sip_username: z.string(),
  sip_password: z.string().optional().meta({ description: 'Only in the answer to its creation.' }),
  expired: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
  expires_at: z.string().nullable(),
  display_name: z.string(),
  caller_numbers: z.array(z.string()),
  generate_ringback: z.boolean(),
  max_calls: z.number().nullable(),
});

export const credentialAnswerSchema = z.object({ data: credentialSchema });

export const credentialListSchema = z.object({
  data: z.array(credentialSchema),
  meta: pageMetaSchema,
});

export function toChange(body: z.output<typeof changeSchema>): CredentialChange {
  return {
    ...(body.connection_id !== undefined && { connectionId: body.connection_id }),
    ...(body.name !== undefined && { name: body.name }),
    ...(body.tag !== undefined && { tag: body.tag }),
    ...(body.expires_at !== undefined && { expiresAt: body.expires_at }),
    ...(body.display_name !== undefined && { displayName: body.display_name }),
    ...(body.caller_numbers !== undefined && { callerNumbers: body.caller_numbers }),
    ...(body.generate_ringback !== undefined && { generateRingback: body.generate_ringback }),
    ...(body.max_calls !== undefined && { maxCalls: body.max_calls }),
  };
}

export function toRequest(body: z.output<typeof creationSchema>): CredentialRequest {
  return {
    ...toChange(body),
    ...(body.sip_username !== undefined && { sipUsername: body.sip_username }),
    ...(body.sip_password !== undefined && { password: body.sip_password }),
  };
}

export function toAnswer(credential: Credential, now: number): z.input<typeof credentialSchema> {
  const { expiresAt, connectionId } = credential;
  return {
    id: credential.id,
    record_type: 'credential',
    name: credential.name,
    tag: credential.tag,
    connection_id: connectionId,
    resource_id: connectionId === null ? null : `connection:${connectionId}`,
    sip_username: credential.sipUsername,
    expired: expiresAt !== null && expiresAt <= now,
    created_at: new Date(credential.createdAt).toISOString(),
    updated_at: new Date(credential.updatedAt).toISOString(),
    expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    display_name: credential.displayName,
    caller_numbers: [...credential.callerNumbers],
    generate_ringback: credential.generateRingback,
    max_calls: credential.maxCalls,
  };
}

/** Without control characters, which would be lines of their own in a log or a SIP header. */
function text(longest: number) {
  const error = `must be 1 to ${String(longest)} characters without control characters`;
  return z
    .string({ error })
    .min(1, { error })
    .max(longest, { error })
    .regex(/^\P{Cc}*$/u, { error });
}

function time() {
  const error = 'must be a time in ISO 8601 such as 2030-01-31T12:00:00Z';
  return z
    .string({ error })
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/, { error })
    .transform((value) => Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(value) ? value : `${value}Z`))
    .refine((milliseconds) => !Number.isNaN(milliseconds), { error });
}
