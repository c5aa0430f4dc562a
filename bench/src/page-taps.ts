import type { Person } from '@parley/testkit';

type Page = Person['page'];

declare global {
  interface Window {
    /** When each thing happened first on the page's sockets: `open`, and the methods of what was sent. */
    tapped: Map<string, number>;
  }
}

/** Notes the times at which sockets open and frames are sent, whatever client does it. */
export async function tapSocket(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tapped = new Map<string, number>();
    window.tapped = tapped;
    const note = (what: string) => {
      if (!tapped.has(what)) tapped.set(what, performance.timeOrigin + performance.now());
    };
    // A client may have kept the constructor already, but has to use what sockets inherit.
    const { addEventListener } = EventTarget.prototype;
    WebSocket.prototype.addEventListener = function listenAndNote(
      this: WebSocket,
      ...args: Parameters<typeof addEventListener>
    ) {
      if (args[0] === 'open') addEventListener.call(this, 'open', () => note('open'));
      addEventListener.apply(this, args);
    };
    const onopen = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onopen');
    Object.defineProperty(WebSocket.prototype, 'onopen', {
      ...onopen,
      set(this: WebSocket, listener: unknown) {
        addEventListener.call(this, 'open', () => note('open'));
        onopen?.set?.call(this, listener);
      },
    });
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function sendAndNote(data) {
      const method = typeof data === 'string' ? /"method":"([^"]+)"/.exec(data)?.[1] : undefined;
      if (method !== undefined) note(method);
      send.call(this, data);
    };
  });
}

export async function tappedAt(page: Page, what: string): Promise<number> {
  const at = await page.evaluate((name) => window.tapped.get(name), what);
  if (at === undefined) throw new Error(`The page's socket has not seen ${what}.`);
  return at;
}

/** Calls somebody. @returns the call's id, and the time right before */
export function dialAt(page: Page, destinationNumber: string): Promise<{ id: string; at: number }> {
  return page.evaluate((number) => {
    const at = performance.timeOrigin + performance.now();
    return { id: window.phone.dial({ destinationNumber: number }), at };
  }, destinationNumber);
}

/** Answers a call. @returns the time right before */
export function answerAt(page: Page, callId: string): Promise<number> {
  return page.evaluate((id) => {
    const at = performance.timeOrigin + performance.now();
    void window.phone.invoke(id, 'answer', []);
    return at;
  }, callId);
}

/** Waits for a tone. @returns the time of its first 10 ms */
export function firstTone(page: Page, hertz: number, since: number): Promise<number> {
  return page.evaluate(
    async (frequency, from) => {
      const FRAME_MS = 10;
      const now = () => performance.timeOrigin + performance.now();
      const deadline = now() + 10_000;
      let next = from;
      while (now() < deadline) {
        for (const { at, level } of await window.phone.ear.levels(next)) {
          next = at + FRAME_MS / 2;
          if (level < -50) continue;
          const heard = await window.phone.ear.heardBetween(at - FRAME_MS / 2, at + FRAME_MS / 2);
          if (Math.abs(heard.frequency - frequency) < 0.2 * frequency) return at;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`No tone of ${frequency} Hz was heard within 10 s.`);
    },
    hertz,
    since,
  );
}
