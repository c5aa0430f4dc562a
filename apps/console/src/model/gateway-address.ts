/** The signaling address of the gateway that served the page. */
export function gatewayOf(pageOrigin: string): string {
  return pageOrigin.replace(/^http/, 'ws');
}

export type AddressCheck = { ok: true; address: string } | { ok: false; problem: string };

/** A secret in an address would end up in logs, and the browser would refuse it: it is refused here, with words. */
export function checkGateway(typed: string, pageOrigin: string): AddressCheck {
  const text = typed.trim();
  const url = parseUrl(/^[a-z]+:\/\//i.test(text) ? text : `wss://${text}`);
  if (url === undefined || url.hostname === '') {
    return { ok: false, problem: 'Give an address like wss://calls.example.com.' };
  }
  const scheme = SCHEMES.get(url.protocol);
  if (scheme === undefined) {
    return { ok: false, problem: 'The address starts with wss:// or ws://.' };
  }
  if (url.username !== '' || url.password !== '') {
    return { ok: false, problem: 'Leave the user name and the password out of the address.' };
  }
  if (scheme === 'ws:' && pageOrigin.startsWith('https:')) {
    return { ok: false, problem: 'This page is secure, so the gateway must be too: use wss://.' };
  }
  const path = url.pathname === '/' ? '' : url.pathname;
  return { ok: true, address: `${scheme}//${url.host}${path}` };
}

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['ws:', 'ws:'],
  ['wss:', 'wss:'],
  ['http:', 'ws:'],
  ['https:', 'wss:'],
]);

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
