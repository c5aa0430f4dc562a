import type { Person } from '@parley/testkit';

declare global {
  interface Window {
    /** Every peer connection of the page since it is watched, and what was seen of it. */
    watched: { peer: RTCPeerConnection; candidates: string[]; describedAt: number | undefined }[];
    /** How long `setLocalDescription` is put off. */
    describingTakesMs: number;
    /** Firefox does not tell the test what a page sends. */
    framesSent: string[];
    /** When each method was first sent, by the page's clock. */
    firstSent: Map<string, number>;
  }
}

/** Watches the peer connections that a page makes, and what it sends, from now on. */
export async function watchPeers(person: Person): Promise<void> {
  await person.page.evaluate(() => {
    window.watched = [];
    window.describingTakesMs = 0;
    window.framesSent = [];
    window.firstSent = new Map();
    const send: unknown = Reflect.get(WebSocket.prototype, 'send');
    Reflect.set(WebSocket.prototype, 'send', function sendAndKeep(this: WebSocket, data: unknown) {
      const text = typeof data === 'string' ? data : '';
      const method = /"method":"([^"]+)"/.exec(text)?.[1] ?? '';
      window.framesSent.push(text);
      if (!window.firstSent.has(method)) window.firstSent.set(method, performance.now());
      if (typeof send === 'function') Reflect.apply(send, this, [data]);
    });
    window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
      construct: (target, args, newTarget) => {
        const peer: RTCPeerConnection = Reflect.construct(target, args, newTarget);
        const seen: Window['watched'][number] = { peer, candidates: [], describedAt: undefined };
        window.watched.push(seen);
        peer.addEventListener('icecandidate', ({ candidate }) => {
          if (candidate?.candidate) seen.candidates.push(candidate.candidate);
        });
        const describe: unknown = Reflect.get(peer, 'setLocalDescription');
        Reflect.set(peer, 'setLocalDescription', async (...args: unknown[]) => {
          await new Promise((resolve) => setTimeout(resolve, window.describingTakesMs));
          seen.describedAt ??= performance.timeOrigin + performance.now();
          if (typeof describe === 'function') await Reflect.apply(describe, peer, args);
        });
        return peer;
      },
    });
  });
}

/** Of the latest peer connection. */
export async function configurationOf(person: Person): Promise<RTCConfiguration> {
  // Through JSON: a configuration has members that cannot leave the page.
  const text = await person.page.evaluate(() =>
    JSON.stringify(window.watched.at(-1)?.peer.getConfiguration() ?? {}),
  );
  const configuration: RTCConfiguration = JSON.parse(text);
  return configuration;
}

export async function serversOf(person: Person): Promise<RTCIceServer[]> {
  return (await configurationOf(person)).iceServers ?? [];
}

/** The kind of the local candidate that media goes through; waits until there is one. */
export async function selectedType(person: Person): Promise<string> {
  const handle = await person.page.waitForFunction(
    async () => {
      const stats = await window.watched.at(-1)?.peer.getStats();
      const all = new Map<string, Record<string, unknown>>();
      stats?.forEach((entry: { id: string }) => all.set(entry.id, { ...entry }));
      const entries = [...all.values()];
      const transport = entries.find(({ type }) => type === 'transport');
      const chosen = entries.find(
        ({ type, id, selected, nominated, state }) =>
          type === 'candidate-pair' &&
          (transport?.['selectedCandidatePairId'] === id || selected === true) &&
          (nominated === true || state === 'succeeded'),
      );
      const local = all.get(String(chosen?.['localCandidateId']));
      return typeof local?.['candidateType'] === 'string' ? local['candidateType'] : '';
    },
    { timeout: 10_000 },
  );
  return handle.jsonValue();
}
