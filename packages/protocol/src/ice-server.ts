import type { IceServer } from './messages/session.ts';
import { isRecord } from './record.ts';

/** Whether a browser may be given it; it is still free to refuse a URL. */
export function isIceServer(value: unknown): value is IceServer {
  if (!isRecord(value)) return false;
  const { urls, username = '', credential = '' } = value;
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  return list.length > 0 && [...list, username, credential].every((each) => typeof each === 'string');
}
