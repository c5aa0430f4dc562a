import { useMemo, useSyncExternalStore } from 'react';
import { type Route, routeOf } from '../model/route.ts';

export function useRoute(): Route {
  const fragment = useSyncExternalStore(onChange, () => location.hash);
  return useMemo(() => routeOf(fragment), [fragment]);
}

function onChange(listener: () => void) {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}
