import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** A success, or the code of the error response (RFC 8489 §14.8); 0 where nothing answers. */
export type TurnOutcome = 'success' | number;

/** One client of a TURN server (RFC 8656) on a socket of its own, which asks for whatever a test wants. */
export interface TurnClient {
  /** @param family of the relayed address. Default: what the server gives unasked. */
  allocate(family?: 4 | 6): Promise<TurnOutcome>;
  refresh(): Promise<TurnOutcome>;
  /** Asks to exchange packets with a peer. */
  createPermission(address: string): Promise<TurnOutcome>;
  bindChannel(address: string, port: number): Promise<TurnOutcome>;
  /** Sends to a peer, and waits for what comes back. @returns undefined where nothing does */
  exchange(address: string, port: number, payload: string): Promise<string | undefined>;
  /** Gives back what it was allocated. */
  close(): Promise<void>;
}

export interface TurnClientOptions {
  server: { address: string; port: number };
  username: string;
  credential: string;
}

const COOKIE = Buffer.from([0x21, 0x12, 0xa4, 0x42]);
const METHOD = { allocate: 0x003, refresh: 0x004, send: 0x006, createPermission: 0x008, channelBind: 0x009 };
const ATTRIBUTE = {
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  peerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  addressFamily: 0x0017,
  transport: 0x0019,
};
const SEND_INDICATION = METHOD.send | 0x010;
const DATA_INDICATION = 0x017;
const SUCCESS = 0x100;
const UDP = 17;
const UNAUTHORIZED = 401;
const STALE_NONCE = 438;
const PATIENCE_MS = 1_500;

/** Addresses are disguised by the transaction that they travel in. */
type Attribute = readonly [type: number, value: Buffer | ((transaction: Buffer) => Buffer)];

interface Message {
  type: number;
  transaction: string;
  attributes: ReadonlyMap<number, Buffer>;
}

export function openTurnClient({ server, username, credential }: TurnClientOptions): TurnClient {
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  socket.on('error', () => undefined);
  const waiting = new Set<(message: Message) => void>();
  socket.on('message', (bytes) => {
    const message = decode(bytes);
    for (const listener of waiting) listener(message);
  });
  let realm: Buffer = Buffer.alloc(0);
  let nonce: Buffer = Buffer.alloc(0);
  let channel = 0x4000;
  let allocated = false;

  const next = <T>(find: (message: Message) => T | undefined): Promise<T | undefined> =>
    new Promise((resolve) => {
      const listener = (message: Message): void => {
        const found = find(message);
        if (found !== undefined) settle(found);
      };
      const timer = setTimeout(() => settle(undefined), PATIENCE_MS);
      const settle = (found: T | undefined): void => {
        clearTimeout(timer);
        waiting.delete(listener);
        resolve(found);
      };
      waiting.add(listener);
    });

  const ask = async (method: number, attributes: readonly Attribute[]): Promise<Message | undefined> => {
    const transaction = randomBytes(12);
    const signed: Attribute[] =
      nonce.length === 0
        ? [...attributes]
        : [
            ...attributes,
            [ATTRIBUTE.username, Buffer.from(username)],
            [ATTRIBUTE.realm, realm],
            [ATTRIBUTE.nonce, nonce],
          ];
    const bytes = encode(method, transaction, signed);
    const key = createHash('md5').update(`${username}:${realm.toString()}:${credential}`).digest();
    socket.send(nonce.length === 0 ? bytes : withIntegrity(bytes, key), server.port, server.address);
    return next((message) => (message.transaction === transaction.toString('hex') ? message : undefined));
  };

  const request = async (method: number, attributes: readonly Attribute[] = []): Promise<TurnOutcome> => {
    const hadNonce = nonce.length > 0;
    const response = await ask(method, attributes);
    if (response === undefined) return 0;
    if (response.type === (method | SUCCESS)) return 'success';
    const code = codeOf(response);
    realm = response.attributes.get(ATTRIBUTE.realm) ?? realm;
    nonce = response.attributes.get(ATTRIBUTE.nonce) ?? nonce;
    const mayRepeat = (code === UNAUTHORIZED && !hadNonce) || code === STALE_NONCE;
    return mayRepeat && nonce.length > 0 ? request(method, attributes) : code;
  };

  const peer = (address: string, port: number): Attribute => [
    ATTRIBUTE.peerAddress,
    (transaction) => disguised(address, port, transaction),
  ];

  return {
    allocate: async (family) => {
      const wanted: Attribute[] = [[ATTRIBUTE.transport, Buffer.from([UDP, 0, 0, 0])]];
      if (family !== undefined)
        wanted.push([ATTRIBUTE.addressFamily, Buffer.from([family === 4 ? 1 : 2, 0, 0, 0])]);
      const outcome = await request(METHOD.allocate, wanted);
      allocated = outcome === 'success';
      return outcome;
    },
    refresh: () => request(METHOD.refresh),
    createPermission: (address) => request(METHOD.createPermission, [peer(address, 9)]),
    bindChannel: (address, port) => {
      const number = Buffer.alloc(4);
      number.writeUInt16BE(channel++);
      return request(METHOD.channelBind, [[ATTRIBUTE.channelNumber, number], peer(address, port)]);
    },
    exchange: async (address, port, payload) => {
      const answer = next(({ type, attributes }) =>
        type === DATA_INDICATION ? attributes.get(ATTRIBUTE.data)?.toString() : undefined,
      );
      const attributes: Attribute[] = [peer(address, port), [ATTRIBUTE.data, Buffer.from(payload)]];
      socket.send(encode(SEND_INDICATION, randomBytes(12), attributes), server.port, server.address);
      return answer;
    },
    close: async () => {
      if (allocated) await request(METHOD.refresh, [[ATTRIBUTE.lifetime, Buffer.alloc(4)]]);
      socket.close();
    },
  };
}

function encode(type: number, transaction: Buffer, attributes: readonly Attribute[]): Buffer {
  const body = Buffer.concat(
    attributes.map(([name, given]) => {
      const value = Buffer.isBuffer(given) ? given : given(transaction);
      const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
      bytes.writeUInt16BE(name, 0);
      bytes.writeUInt16BE(value.length, 2);
      value.copy(bytes, 4);
      return bytes;
    }),
  );
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, COOKIE, transaction, body]);
}

/** RFC 8489 §14.5: the length counts the attribute that is computed over it. */
function withIntegrity(bytes: Buffer, key: Buffer): Buffer {
  const message = Buffer.from(bytes);
  message.writeUInt16BE(bytes.length - 20 + 24, 2);
  const attribute = Buffer.alloc(4);
  attribute.writeUInt16BE(ATTRIBUTE.integrity, 0);
  attribute.writeUInt16BE(20, 2);
  return Buffer.concat([message, attribute, createHmac('sha1', key).update(message).digest()]);
}

function decode(bytes: Buffer): Message {
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { type: bytes.readUInt16BE(0), transaction: bytes.toString('hex', 8, 20), attributes };
}

function codeOf({ attributes }: Message): number {
  const value = attributes.get(ATTRIBUTE.errorCode);
  return value === undefined ? 0 : value.readUInt8(2) * 100 + value.readUInt8(3);
}

/** XOR-PEER-ADDRESS (RFC 8489 §14.2). */
function disguised(address: string, port: number, transaction: Buffer): Buffer {
  const bytes = isIPv6(address)
    ? ipv6Bytes(address)
    : Buffer.from(address.split('.').map((part) => Number(part)));
  const mask = Buffer.concat([COOKIE, transaction]);
  const value = Buffer.alloc(4);
  value.writeUInt8(bytes.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ mask.readUInt16BE(0), 2);
  return Buffer.concat([value, bytes.map((byte, index) => byte ^ (mask[index] ?? 0))]);
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes every form of an IPv6 address in the one of RFC 5952, without dots.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const zeros = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(tail === undefined ? 0 : zeros).fill('0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
