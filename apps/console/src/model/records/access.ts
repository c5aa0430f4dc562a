/** How a person shows who may look at calls. */
export type Access =
  | { kind: 'api-key'; key: string }
  | { kind: 'password'; user: string; password: string }
  | { kind: 'token'; token: string };

/** The value of the header `Authorization` (RFC 6750, section 2.1; RFC 7617, in UTF-8). */
export function authorizationOf(access: Access): string {
  switch (access.kind) {
    case 'api-key':
      return `Bearer ${access.key.trim()}`;
    case 'token':
      return `Bearer ${access.token.trim()}`;
    case 'password':
      return `Basic ${base64(`${access.user.trim()}:${access.password}`)}`;
  }
}

/** A token has dots (RFC 7515, section 3.1), a key has none. */
export function isApiKey(authorization: string): boolean {
  return authorization.startsWith('Bearer ') && !authorization.includes('.');
}

/** What is missing of it; empty where nothing is. */
export function missingOf(access: Access): string {
  switch (access.kind) {
    case 'api-key':
      return access.key.trim() === '' ? 'Paste an API key first.' : '';
    case 'token':
      return access.token.trim() === '' ? 'Paste a token first.' : '';
    case 'password':
      if (access.user.trim() === '') return 'Give the user name.';
      return access.password === '' ? 'Give the password.' : '';
  }
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
