import { isForThisMachineOnly, isLoopback } from '../config/loopback.ts';
import type { Settings } from '../config/settings.ts';

/** @returns whether a page of this origin may use the gateway; a client that is no web page sends none, and may */
export type OriginCheck = (origin: string | undefined, hostHeader: string | undefined) => boolean;

/**
 * The gateway's own pages may always connect; where only this machine reaches the gateway, every page of this machine.
 * There, the `Host` header proves nothing: a page elsewhere could make its own name point here (DNS rebinding) and
 * pass for the gateway's own.
 */
export function createOriginCheck(
  settings: Pick<Settings, 'host' | 'trustProxy' | 'allowedOrigins'>,
): OriginCheck {
  const listed = new Set(settings.allowedOrigins);
  const isPrivate = isForThisMachineOnly(settings);
  return (origin, hostHeader) => {
    if (origin === undefined || listed.has('*') || listed.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const page = new URL(origin);
    if (page.protocol !== 'http:' && page.protocol !== 'https:') return false;
    return isPrivate ? isLoopback(page.hostname) : page.host === hostHeader?.toLowerCase();
  };
}
