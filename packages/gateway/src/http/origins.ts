import { isLoopback } from '../config/loopback.ts';
import type { Settings } from '../config/settings.ts';

/** @returns whether a page of this origin may use the gateway; a client that is no web page sends none, and may */
export type OriginCheck = (origin: string | undefined, hostHeader: string | undefined) => boolean;

/**
 * The gateway's own pages may always connect, and those of this machine where the gateway listens to this machine
 * alone. There, the name in the `Host` header must be one of this machine too, or a page elsewhere could make its
 * own name point here (DNS rebinding) and pass for the gateway's own.
 */
export function createOriginCheck({
  host,
  allowedOrigins,
}: Pick<Settings, 'host' | 'allowedOrigins'>): OriginCheck {
  const listed = new Set(allowedOrigins);
  return (origin, hostHeader) => {
    if (origin === undefined || listed.has('*') || listed.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const page = new URL(origin);
    if (page.protocol !== 'http:' && page.protocol !== 'https:') return false;
    return isLoopback(host) ? isLoopback(page.hostname) : page.host === hostHeader?.toLowerCase();
  };
}
