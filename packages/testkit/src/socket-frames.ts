import type { Page } from 'puppeteer-core';

import { type Recorder, createRecorder } from './recorder.ts';

/** A text frame of a WebSocket, as it went over the wire. */
export interface SocketFrame {
  /** Unix time in milliseconds, at which the test learned of it. */
  at: number;
  direction: 'sent' | 'received';
  /** Counts the sockets that the page opened, from 1. */
  socket: number;
  /** The URL of that socket. */
  url: string;
  text: string;
  /** The text as JSON; `undefined` where it is none. */
  json: unknown;
}

/** Records the frames of every WebSocket that a Chromium page opens from now on. */
export async function recordFrames(page: Page): Promise<Recorder<SocketFrame>> {
  const frames = createRecorder<SocketFrame>(describeFrame);
  const sockets = new Map<string, { socket: number; url: string }>();
  const record = (direction: SocketFrame['direction'], requestId: string, text: string) => {
    frames.record({
      at: Date.now(),
      direction,
      ...(sockets.get(requestId) ?? { socket: 0, url: '' }),
      text,
      json: parse(text),
    });
  };
  const session = await page.createCDPSession();
  session.on('Network.webSocketCreated', ({ requestId, url }) =>
    sockets.set(requestId, { socket: sockets.size + 1, url }),
  );
  session.on('Network.webSocketFrameSent', ({ requestId, response }) => {
    record('sent', requestId, response.payloadData);
  });
  session.on('Network.webSocketFrameReceived', ({ requestId, response }) => {
    record('received', requestId, response.payloadData);
  });
  await session.send('Network.enable');
  return frames;
}

/** One line, in which a session description is but named. */
export function describeFrame({ direction, socket, text }: SocketFrame): string {
  const arrow = direction === 'sent' ? '→' : '←';
  const brief = text.replaceAll(/"sdp":"[^"]*"/g, '"sdp":…').replaceAll(/"iceServers":\[.*?\],/g, '');
  return `${arrow} socket ${socket} ${brief.slice(0, 300)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
