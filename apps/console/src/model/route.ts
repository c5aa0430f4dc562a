/** What the page shows, by the fragment of its address: a call goes on wherever its person looks. */
export type Route = { page: 'phone' } | { page: 'calls' } | { page: 'file' } | { page: 'call'; id: string };

export const CALLS = '#calls';
export const FILE = '#calls/file';

export function routeOf(fragment: string): Route {
  if (fragment === CALLS) return { page: 'calls' };
  if (fragment === FILE) return { page: 'file' };
  const id = /^#calls\/id\/(.+)$/.exec(fragment)?.[1];
  return id === undefined ? { page: 'phone' } : { page: 'call', id: decoded(id) };
}

export function callFragment(id: string): string {
  return `#calls/id/${encodeURIComponent(id)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
