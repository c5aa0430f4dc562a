import { type FollowGateway, createEventReader } from '../model/event-stream.ts';

/** By fetch, as an EventSource sends no authorization. */
export const followGateway: FollowGateway = (authorization, path, { onData, onEnd }) => {
  const aborting = new AbortController();
  const follow = async () => {
    const response = await fetch(`./v2/${path}`, {
      headers: { authorization, accept: 'text/event-stream' },
      credentials: 'omit',
      cache: 'no-store',
      signal: aborting.signal,
    });
    if (!response.ok || response.body === null) {
      const body: unknown = await response.json().catch(() => undefined);
      return { status: response.status, body };
    }
    const read = createEventReader((data) => {
      const value: unknown = JSON.parse(data);
      onData(value);
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) read(piece.value);
    return { status: response.status, body: undefined };
  };
  const done = follow().catch(() => ({ status: 0, body: undefined }));
  void done.then((answer) => {
    if (!aborting.signal.aborted) onEnd(answer);
  });
  return () => aborting.abort();
};
