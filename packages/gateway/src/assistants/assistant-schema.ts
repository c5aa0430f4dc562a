import { z } from 'zod';
import { engineNames } from '../media/engines/engine-messages.ts';

/** What may be said of an assistant, wherever it is said. */

export function idSchema() {
  const error = 'must be 1 to 64 letters, digits and the characters _ . -';
  return z.string({ error }).regex(/^[\w.-]{1,64}$/, { error });
}

export function nameSchema() {
  const error = 'must be 1 to 256 characters without control characters';
  return z
    .string({ error })
    .min(1, { error })
    .max(256, { error })
    .regex(/^\P{Cc}*$/u, { error });
}

/** Empty is none. */
export function textSchema(longest: number) {
  const error = `must be a text of at most ${String(longest)} characters`;
  return z
    .string({ error })
    .max(longest, { error })
    .nullable()
    .transform((text) => (text === '' ? null : text));
}

export function engineSchema() {
  return z.enum(engineNames, { error: `must be one of ${engineNames.join(', ')}` });
}

export function engineSettingsSchema() {
  return z.record(z.string(), z.unknown(), { error: 'must be a JSON object' });
}

export const LONGEST_INSTRUCTIONS = 64 * 1024;
export const LONGEST_GREETING = 4096;
export const LARGEST_AUDIO_BYTES = 6 * 1024 * 1024;
