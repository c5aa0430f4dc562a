import { isRecord } from '@parley/protocol';

import type { Platform } from '../platform/ports.ts';
import { parseFields, type Fields } from '../signaling/fields.ts';
import type { IVertoCallOptions } from './call.ts';
import type { Direction } from './call-state.ts';

/** An established call, for the page that takes the place of this one. */
export interface SavedCall {
  readonly id: string;
  readonly direction: Direction;
  readonly epoch: number;
  readonly held: boolean;
  readonly deaf: boolean;
  readonly options: IVertoCallOptions;
}

/** What a page leaves behind. */
export interface SavedPage {
  /** Milliseconds of the epoch. */
  readonly at: number;
  /** The run of the client that has left it. */
  readonly instance: string;
  readonly sessionId: string;
  readonly voiceSdkId?: string | undefined;
  /** Calls of whose end the server may not know. */
  readonly ended: readonly string[];
  readonly calls: readonly SavedCall[];
}

/** For so long a gateway holds the calls of a page that is gone. */
const HELD_MS = 190_000;

/** Has secrets, or cannot be written down. */
const NOT_KEPT = /^(iceServers|userVariables|onNotification|localStream)$/;

type Ports = Pick<Platform, 'now' | 'storage'>;

/**
 * Leaves calls in the storage of the tab, to the page that takes the place of this one.
 * @throws where the storage is blocked or full
 */
export function leavePage(key: string, page: Omit<SavedPage, 'at'>, { now, storage }: Ports): void {
  const text = JSON.stringify({ at: now(), ...page }, (name, value: unknown) =>
    NOT_KEPT.test(name) || (name.endsWith('Element') && typeof value !== 'string') ? undefined : value,
  );
  storage().setItem(key, text);
}

/**
 * What a page has left, of this tab or of the one that it was copied from.
 * @throws where the storage is blocked
 */
export function readPage(key: string, { now, storage }: Ports): SavedPage | undefined {
  const page = parseFields(storage().getItem(key));
  return page && isSavedPage(page) && now() - page.at < HELD_MS ? page : undefined;
}

/** Other scripts of the page can write there, too. */
function isSavedPage(page: Fields): page is Fields & SavedPage {
  const { at, instance, sessionId, ended, calls } = page;
  return (
    typeof at === 'number' &&
    typeof instance === 'string' &&
    typeof sessionId === 'string' &&
    Array.isArray(ended) &&
    Array.isArray(calls) &&
    calls.every((call) => isRecord(call) && typeof call['id'] === 'string' && isRecord(call['options']))
  );
}
