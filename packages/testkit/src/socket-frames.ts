import type { Page } from 'puppeteer-core';

import { type Recorder, createRecorder } from './recorder.ts';

/** A text frame of a WebSocket, as it went over the wire. */
export interface SocketFrame {
  /** Unix time in milliseconds, at which the test learned of it. */
  at: number;
  direction: 'sent' | 'received';
  /** Counts the sockets that the page opened, from 1. */
  socket: number;
  text: string;
  /** The text as JSON; `undefined` where it is none. */
  json: unknown;
}

/** Records the frames of every WebSocket that a Chromium page opens from now on. */
export async function recordFrames(page: Page): Promise<Recorder<SocketFrame>> {
  const frames = createRecorder<SocketFrame>(
    ({ direction, socket, text }) => `${direction} on socket ${socket}: ${text.slice(0, 160)}`,
  );
  const sockets = new Map<string, number>();
  const record = (direction: SocketFrame['direction'], requestId: string, text: string) => {
    frames.record({
      at: Date.now(),
      direction,
      socket: sockets.get(requestId) ?? 0,
      text,
      json: parse(text),
    });
  };
  const session = await page.createCDPSession();
  session.on('Network.webSocketCreated', ({ requestId }) => sockets.set(requestId, sockets.size + 1));
  session.on('Network.webSocketFrameSent', ({ requestId, response }) => {
    record('sent', requestId, response.payloadData);
  });
  session.on('Network.webSocketFrameReceived', ({ requestId, response }) => {
    record('received', requestId, response.payloadData);
  });
  await session.send('Network.enable');
  return frames;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
