import {
  type Address,
  CandidatePairState,
  DtlsClient,
  type IceConnection,
  parseMessage,
  type RTCDtlsTransport,
  type RTCIceTransport,
  type RTCPeerConnection,
  RtpRouter,
  type StunProtocol,
} from 'werift';

import { packetIndexRollover } from './packet-index.ts';

/**
 * Every place where the gateway relies on how werift 0.24.4 works inside, with the reason. The version is pinned
 * exactly, and `werift-reach.test.ts` fails where one of these stops working.
 */

/** An empty list of ICE servers makes werift ask a public STUN server of its own choice. */
export function withoutStunServer(link: IceConnection): void {
  delete link.stunServer;
}

/**
 * werift looks for a free port from the range's beginning for each socket, and two that look at the same time end in
 * an uncaught error. So each socket is given a range of its own with one port, in the order in which they are asked for.
 */
export function usePorts(link: IceConnection, ports: readonly number[]): void {
  const left = [...ports];
  Object.defineProperty(link.options, 'portRange', {
    get: () => {
      const port = left.shift();
      return port === undefined ? undefined : [port, port];
    },
  });
}

/**
 * With DTLS up, werift does not start ICE again by itself after a restart. And it takes the answerer's role, where both
 * sides are to keep their roles (RFC 8445 §6.1.1): Firefox does not get over the conflict in half of the cases.
 */
export function restartIce(ice: RTCIceTransport, wasControlling: boolean): void {
  ice.connection.iceControlling = wasControlling;
  void ice.start().catch(() => undefined);
}

/**
 * Where both sides want to control, the one with the smaller number gives in (RFC 8445 §7.3.1.1). A browser whose path
 * is dead stays with it for two seconds more if that is the browser: it nominates the new one at once if it may.
 */
export function giveInOnConflict(link: IceConnection): void {
  Reflect.set(link, 'tieBreaker', 0n);
}

/**
 * In an ICE restart the pair is forgotten at once. Until another is nominated, the former one carries on; where nothing
 * is heard over it any more, what is sent goes to wherever the last check came from. A browser may nominate the pair
 * that it has moved to three seconds later.
 */
export function keepFormerPair(link: IceConnection, isHeard: () => boolean): void {
  const send = link.send.bind(link);
  let former: Pick<NonNullable<IceConnection['nominated']>, 'protocol' | 'remoteAddr'> | undefined;
  link.send = async (data) => {
    if (link.nominated !== undefined) {
      former = link.nominated;
      await send(data);
    } else if (former !== undefined) {
      await former.protocol.sendData(data, former.remoteAddr);
    }
  };
  onCheck(link, (_message, remoteAddr, protocol) => {
    if (link.nominated === undefined && former !== undefined && !isHeard()) former = { protocol, remoteAddr };
  });
}

/** As DTLS client werift waits 100 ms before its first message. It may go at once. */
export function startDtlsAtOnce(dtls: RTCDtlsTransport): void {
  dtls.onStateChange.subscribe((state) => {
    if (state !== 'connecting') return;
    queueMicrotask(() => {
      const client = dtls.dtls;
      if (!(client instanceof DtlsClient)) return;
      const started = client.connect();
      client.connect = () => started;
    });
  });
}

/** Reports about a stream go out only if the router knows its SSRC, which a description need not name. */
export function knowStream(connection: RTCPeerConnection, ssrc: number): void {
  const router: unknown = Reflect.get(connection, 'router');
  const receiver = connection.getReceivers()[0];
  if (router instanceof RtpRouter && receiver !== undefined && router.ssrcTable[ssrc] === undefined)
    router.ssrcTable[ssrc] = receiver;
}

/**
 * werift answers every STUN request, whoever sent it, and would even nominate the pair that it came from: anybody who
 * finds the port could draw the media to another address. RFC 8445 §7.3 wants the request proved with the password.
 */
export function requireIntegrity(link: IceConnection): void {
  const ensureProtocol: unknown = Reflect.get(link, 'ensureProtocol');
  if (typeof ensureProtocol !== 'function') throw new Error('werift has no ensureProtocol any more.');
  Reflect.set(link, 'ensureProtocol', (protocol: StunProtocol) => {
    const { execute } = protocol.onRequestReceived;
    protocol.onRequestReceived.execute = (message, address, data) => {
      if (isAuthentic(link, data)) execute(message, address, data);
    };
    Reflect.apply(ensureProtocol, link, [protocol]);
  });
}

function isAuthentic(link: IceConnection, data: Buffer): boolean {
  const username: unknown = parseMessage(data)?.getAttributeValue('USERNAME');
  if (typeof username !== 'string') return false;
  const passwords: unknown = Reflect.get(link, 'userHistory');
  if (typeof passwords !== 'object' || passwords === null) return false;
  const fragment = username.split(':')[0] ?? '';
  const password: unknown = Object.hasOwn(passwords, fragment) ? Reflect.get(passwords, fragment) : undefined;
  return typeof password === 'string' && parseMessage(data, Buffer.from(password)) !== undefined;
}

/**
 * A browser that moves to another of its paths nominates that one, without an ICE restart; werift stays with the pair
 * that was nominated first, and would go on sending to an address where nobody listens any more.
 */
export function followNomination(link: IceConnection): void {
  onCheck(link, (message, address, protocol) => {
    if (link.iceControlling || link.nominated === undefined) return;
    if (!message.attributesKeys.includes('USE-CANDIDATE')) return;
    const pair = link.checkList.find(
      (known) =>
        known.protocol === protocol &&
        known.state === CandidatePairState.SUCCEEDED &&
        known.remoteAddr[0] === address[0] &&
        known.remoteAddr[1] === address[1],
    );
    if (pair !== undefined) link.nominated = pair;
  });
}

/** Calls back after each check of the browser's that was answered. */
function onCheck(
  link: IceConnection,
  checked: (message: StunMessage, address: Address, protocol: IceProtocol) => void,
): void {
  const checkIncoming: unknown = Reflect.get(link, 'checkIncoming');
  if (typeof checkIncoming !== 'function') throw new Error('werift has no checkIncoming any more.');
  Reflect.set(link, 'checkIncoming', (message: StunMessage, address: Address, protocol: IceProtocol) => {
    Reflect.apply(checkIncoming, link, [message, address, protocol]);
    checked(message, address, protocol);
  });
}

type IceProtocol = NonNullable<IceConnection['nominated']>['protocol'];
type StunMessage = NonNullable<ReturnType<typeof parseMessage>>;

/**
 * werift loses the count of a stream's packets where some hundred are lost just when the sequence number wraps, and
 * then takes every later packet for forged.
 */
export function correctPacketIndex(dtls: RTCDtlsTransport): void {
  dtls.onStateChange.subscribe((state) => {
    if (state !== 'connected') return;
    dtls.srtp.remoteContext.updateRolloverCount = (sequence, stream) => {
      stream.rolloverCounter =
        stream.rolloverHasProcessed === true ? packetIndexRollover(sequence, stream) : stream.rolloverCounter;
      stream.rolloverHasProcessed = true;
      stream.lastSequenceNumber = sequence;
    };
  });
}

/**
 * An inactive section makes werift take the next ICE restart for a renomination, which keeps the local credentials; a
 * browser then does not see a restart at all.
 */
export function allowFullRestart(ice: RTCIceTransport): void {
  Reflect.set(ice, 'renominating', false);
}
