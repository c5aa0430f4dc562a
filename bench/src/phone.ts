import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

import { type Frame, readFrame } from './frame.ts';
import type { Login } from './load-commands.ts';

/** A client's socket that is signed in. */
export interface Phone {
  request(method: string, params: object): Promise<Frame['result']>;
  /** Who hears what the gateway asks for a call; calls that nobody follows go to `onInvite`. */
  calls: Map<string, (method: string, params: Frame['params']) => void>;
  onInvite: (callId: string, params: Frame['params']) => void;
  close(): void;
}

export async function signIn(signaling: string, login: Login, localAddress?: string): Promise<Phone> {
  const socket = new WebSocket(signaling, {
    perMessageDeflate: false,
    ...(localAddress !== undefined && { localAddress }),
  });
  const waiting = new Map<string | number, (frame: Frame) => void>();
  const failed = new Promise<never>((_, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => {
      reject(new Error(`The socket was closed with ${code} ${reason.toString()}`));
    });
  });
  failed.catch(() => undefined);
  const phone: Phone = {
    request: async (method, params) => {
      const id = randomUUID();
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      const answered = new Promise<Frame>((resolve) => waiting.set(id, resolve));
      const { result, error } = await Promise.race([answered, failed]);
      if (error !== undefined) throw new Error(`${method} was refused: ${error.message ?? 'no reason'}`);
      return result;
    },
    calls: new Map(),
    onInvite: () => undefined,
    close: () => {
      socket.terminate();
    },
  };
  socket.on('message', (data: Buffer) => {
    const frame = readFrame(data.toString());
    if (frame === undefined) return;
    const { id, method, params } = frame;
    if (method === undefined) {
      waiting.get(id)?.(frame);
      waiting.delete(id);
      return;
    }
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: { method } }));
    if (params.callID === undefined) return;
    if (method === 'telnyx_rtc.invite') phone.onInvite(params.callID, params);
    else phone.calls.get(params.callID)?.(method, params);
  });
  await Promise.race([new Promise((resolve) => socket.once('open', resolve)), failed]);
  await phone.request('login', { ...login, userVariables: {}, reconnection: false });
  const registration = await phone.request('telnyx_rtc.gatewayState', {});
  if (registration?.params?.state !== 'REGED') throw new Error(`${login.login} could not register.`);
  return phone;
}
