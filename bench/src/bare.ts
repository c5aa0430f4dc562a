import { randomUUID } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';

import { collectGarbage } from './collect-garbage.ts';
import { type BareLeg, makeBareLeg } from './bare-leg.ts';
import { type Frame, readFrame } from './frame.ts';

/**
 * The least that can take the place of the gateway under the same load: who signs in is believed, nothing is checked,
 * kept, logged or recovered.
 *
 * `bare.js media`: two peer connections of werift a call, each of which sends what the other receives.
 * `bare.js signaling`: descriptions are handed on as they are.
 */
interface Call {
  caller: End;
  callee: End;
}

interface End {
  socket: WebSocket;
  callId: string;
  leg: BareLeg | undefined;
}

const media = process.argv[2] === 'media';
const users = new Map<string, WebSocket>();
const calls = new Map<string, Call>();
const answers: Partial<Record<string, (socket: WebSocket, params: Frame['params']) => Promise<object>>> = {
  login: (socket, { login }) => {
    if (login !== undefined) users.set(login, socket);
    return Promise.resolve({ message: 'logged in', sessid: randomUUID() });
  },
  'telnyx_rtc.gatewayState': () => Promise.resolve({ params: { state: 'REGED' } }),
  'telnyx_rtc.invite': (socket, { sdp = '', dialogParams }) => {
    const { callID = '', destination_number: to = '' } = dialogParams ?? {};
    setImmediate(() => void invite(socket, callID, to, sdp));
    return Promise.resolve({ callID });
  },
  'telnyx_rtc.answer': async (_, { sdp = '', dialogParams }) => {
    const call = calls.get(dialogParams?.callID ?? '');
    if (call === undefined) return {};
    await call.callee.leg?.acceptAnswer(sdp);
    request(call.caller, 'telnyx_rtc.answer', media ? {} : { sdp });
    return {};
  },
  'telnyx_rtc.bye': (socket, { dialogParams }) => {
    const call = calls.get(dialogParams?.callID ?? '');
    if (call === undefined) return Promise.resolve({});
    for (const end of [call.caller, call.callee]) {
      calls.delete(end.callId);
      void end.leg?.close();
      if (end.socket !== socket) request(end, 'telnyx_rtc.bye', {});
    }
    return Promise.resolve({});
  },
};

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port });
});
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const frame = readFrame(data.toString());
    const answer = frame?.method === undefined ? undefined : answers[frame.method];
    if (frame === undefined || answer === undefined) return;
    void answer(socket, frame.params).then((result) => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: frame.id, result }));
    });
  });
});
process.on('message', () => {
  void collectGarbage().then(() => process.send?.({ collected: true }));
});
process.on('disconnect', () => process.exit());

async function invite(from: WebSocket, callId: string, to: string, offer: string): Promise<void> {
  const socket = users.get(to);
  if (socket === undefined) throw new Error(`Nobody is signed in as ${to}.`);
  const caller: End = { socket: from, callId, leg: undefined };
  const callee: End = { socket, callId: randomUUID(), leg: undefined };
  for (const { callId: id } of [caller, callee]) calls.set(id, { caller, callee });
  if (!media) {
    request(callee, 'telnyx_rtc.invite', { sdp: offer });
    return;
  }
  const [left, right] = [makeBareLeg(), makeBareLeg()];
  left.feeds(right);
  right.feeds(left);
  caller.leg = left;
  callee.leg = right;
  request(caller, 'telnyx_rtc.media', { sdp: await left.answer(offer) });
  request(callee, 'telnyx_rtc.invite', { sdp: await right.offer() });
}

function request({ socket, callId }: End, method: string, params: object): void {
  const frame = { jsonrpc: '2.0', id: randomUUID(), method, params: { callID: callId, ...params } };
  socket.send(JSON.stringify(frame));
}
