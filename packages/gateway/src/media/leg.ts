import type { Clock } from '../ports.ts';
import { MediaError, type MediaEvent, type MediaLegId } from './media-plane.ts';
import { createOutgoingStream, type RtpPosition, type RtpStamp } from './outgoing-stream.ts';
import { readRemoteDescription, type RemoteDescription } from './session-description.ts';
import { createRtpCounters } from './rtp-counters.ts';
import { selectSource } from './source-selection.ts';
import { createTelephoneEventReceiver, createTelephoneEventSender } from './telephone-event.ts';
import type { Tones } from './tones.ts';
import type { Peer, PeerEvents, ReceivedPacket } from './werift-peer.ts';

/** What a leg needs of its worker. */
export interface LegPorts {
  clock: Clock;
  tones: Tones;
  /** Where the stream begins. */
  start: RtpPosition;
  silenceTimeoutMs: number;
  createPeer(offerer: 'browser' | 'gateway', events: PeerEvents): Promise<Peer>;
  /** The same with a certificate that no browser has seen. */
  createFreshPeer(offerer: 'browser' | 'gateway', events: PeerEvents): Promise<Peer>;
  emit: (event: MediaEvent) => void;
}

/** The other end of a bridge: another leg, the same one, or an engine. */
export interface Partner {
  readonly id: string;
  /** From now on it hears this one, or nobody. */
  listenTo(partner: Partner | undefined): void;
  isHeld(): boolean;
  hear(from: Pick<Partner, 'id'>, packet: ReceivedPacket): void;
  /** A packet that is not passed on, and must leave no gap. */
  passOver(from: Pick<Partner, 'id'>, packet: ReceivedPacket): void;
}

/** One party's half of a call: its peer connection, which may be replaced, and the stream that it hears. */
export interface Leg extends Partner {
  readonly id: MediaLegId;
  readonly call: string;
  accept(sdp: string): Promise<{ sdp: string }>;
  offer(): Promise<{ sdp: string }>;
  answer(sdp: string): Promise<undefined>;
  remake(sdp: string | undefined): Promise<{ sdp: string }>;
  addCandidate(candidate: string): Promise<undefined>;
  hold(held: boolean): void;
  play(tone: 'ringback' | 'silence'): void;
  /** Lets it hear packets of 20 ms, one after the other, before whatever else there is to hear. */
  speak(packets: readonly Uint8Array[]): void;
  /** Leaves out what of them was not sent yet. */
  hush(): void;
  sendDigits(digits: string): void;
  /** Sends what is due, and tells a silence that is too long. To be called every few milliseconds. */
  tick(): void;
  close(): Promise<void>;
  partner(): Partner | undefined;
}

const FRAME_MS = 20;
/** How often what was counted is told: first soon, as many calls are short. */
const FIRST_COUNT_MS = 1000;
const COUNT_MS = 5000;
/** After a standstill of the process as much is made up for, and the rest left out. */
const MOST_FRAMES_AT_ONCE = 10;

export function createLeg(id: MediaLegId, call: string, ports: LegPorts): Leg {
  const { clock, tones, emit } = ports;
  const stream = createOutgoingStream(ports.start);
  let peer: Peer | undefined;
  let partner: Partner | undefined;
  let partnerHeardAt: number | undefined;
  let held = false;
  /**
   * It was told what to hear. A leg that only waits, warm, is sent nothing: its browser plays nothing yet, and would
   * play all that had come meanwhile before it plays what is said. Nothing is awaited from it either: a browser with
   * nothing to send and nothing to report on may keep silent.
   */
  let started = false;
  let tone: 'ringback' | 'silence' = 'silence';
  let toneSince = 0;
  let speech: Uint8Array[] = [];
  let nextFrameAt: number | undefined;
  let flowing = false;
  /** Of the browser's certificate, once both descriptions are there. */
  let fingerprint: string | undefined;
  let aliveAt = 0;
  const counters = createRtpCounters();
  let countedAt: number | undefined;
  let counts = 0;
  /** Of what former peer connections of the browser have told. */
  let lostBefore = 0;
  const keyPresses = createTelephoneEventSender();
  /** Of the press that is being sent: all its packets have one. */
  let pressTimestamp = 0;

  const source = (now: number) =>
    selectSource(
      {
        tone,
        held,
        speaking: speech.length > 0,
        partner: partner && { held: partner.isHeld(), heardAt: partnerHeardAt },
      },
      now,
    );

  const eventsOf = (): PeerEvents => {
    const keys = createTelephoneEventReceiver();
    return {
      connected: () => emit({ type: 'connected', leg: id }),
      alive: () => {
        aliveAt = clock.monotonic();
      },
      audio: (packet) => {
        count(packet, packet.timestamp);
        if (!flowing) {
          flowing = true;
          emit({ type: 'flowing', leg: id });
        }
        partner?.hear(leg, packet);
      },
      telephoneEvent: (packet) => {
        count(packet, undefined);
        const digit = keys.receive(packet);
        if (digit !== undefined) emit({ type: 'dtmf', leg: id, digit });
        partner?.passOver(leg, packet);
      },
    };
  };
  const count = ({ ssrc, sequence, payload }: ReceivedPacket, timestamp: number | undefined): void => {
    const packet = { ssrc, sequence, bytes: payload.length };
    counters.received(timestamp === undefined ? packet : { ...packet, timestamp }, clock.monotonic());
  };
  const sendAudio = (stamp: RtpStamp, payload: Uint8Array): void => {
    peer?.sendAudio(stamp, payload);
    counters.sent(payload.length);
  };
  const tellCounts = (now: number): void => {
    countedAt ??= now - COUNT_MS + FIRST_COUNT_MS;
    if (now - countedAt < COUNT_MS) return;
    countedAt = now;
    counts += 1;
    const remote = peer?.remoteReport();
    const sample = {
      ...counters.totals(),
      ...(remote && { remote: { ...remote, packetsLost: lostBefore + remote.packetsLost } }),
    };
    emit({ type: 'counted', leg: id, sequence: counts, sample });
  };
  const negotiated = (remote: RemoteDescription): void => {
    fingerprint = remote.fingerprint;
    aliveAt = clock.monotonic();
  };
  const start = (): void => {
    if (started) return;
    started = true;
    aliveAt = clock.monotonic();
  };
  const thePeer = (): Peer => {
    if (peer === undefined) throw new MediaError('no-such-leg', `Leg ${id} has no peer connection.`);
    return peer;
  };

  const sendGenerated = (now: number): void => {
    nextFrameAt ??= now;
    let sent = 0;
    for (; nextFrameAt <= now && sent < MOST_FRAMES_AT_ONCE; sent += 1) {
      const stamp = stream.generate(nextFrameAt);
      sendAudio(stamp, frameAt(nextFrameAt));
      nextFrameAt += FRAME_MS;
    }
    if (nextFrameAt <= now) nextFrameAt = now + FRAME_MS;
  };
  const frameAt = (at: number): Uint8Array => {
    const heard = source(at);
    if (heard === 'speech') return speech.shift() ?? tones.silence;
    if (heard !== 'ringback') return tones.silence;
    const index = Math.max(0, Math.floor((at - toneSince) / FRAME_MS)) % tones.ringback.length;
    return tones.ringback[index] ?? tones.silence;
  };
  const sendKeys = (now: number): void => {
    for (const { begins, payload } of keyPresses.due(now)) {
      const { sequence, timestamp } = stream.putIn(now);
      if (begins) pressTimestamp = timestamp;
      peer?.sendTelephoneEvent({ sequence, timestamp: pressTimestamp, marker: begins }, payload);
    }
  };
  const replacePeer = async (fresh: Peer): Promise<void> => {
    const former = peer;
    lostBefore += former?.remoteReport()?.packetsLost ?? 0;
    peer = fresh;
    flowing = false;
    fingerprint = undefined;
    // A browser that keeps its peer connection stays on the old pair for as long as that one answers.
    await former?.close();
  };

  const leg: Leg = {
    id,
    call,
    accept: async (sdp) => {
      const offer = readRemoteDescription(sdp);
      // Another certificate is another peer connection: the browser made a new one, and the former is of no use.
      const isNew = peer === undefined || (fingerprint !== undefined && fingerprint !== offer.fingerprint);
      if (isNew) await replacePeer(await ports.createPeer('browser', eventsOf()));
      const answer = await thePeer().answer(offer);
      negotiated(offer);
      return { sdp: answer };
    },
    offer: async () => {
      if (peer !== undefined)
        throw new MediaError('wrong-state', `Leg ${id} exists already; remake it to offer anew.`);
      peer = await ports.createPeer('gateway', eventsOf());
      return { sdp: await peer.offer() };
    },
    answer: async (sdp) => {
      const answer = readRemoteDescription(sdp);
      await thePeer().acceptAnswer(answer);
      negotiated(answer);
      return undefined;
    },
    remake: async (sdp) => {
      const offer = sdp === undefined ? undefined : readRemoteDescription(sdp);
      const fresh = await ports.createFreshPeer(offer === undefined ? 'gateway' : 'browser', eventsOf());
      await replacePeer(fresh);
      if (offer === undefined) return { sdp: await fresh.offer() };
      const answer = await fresh.answer(offer);
      negotiated(offer);
      return { sdp: answer };
    },
    addCandidate: async (candidate) => {
      await thePeer().addCandidate(candidate);
      return undefined;
    },
    listenTo: (other) => {
      if (other !== undefined) start();
      partner = other;
      partnerHeardAt = undefined;
    },
    hold: (now) => {
      held = now;
    },
    play: (which) => {
      start();
      if (which !== tone) toneSince = clock.monotonic();
      tone = which;
    },
    speak: (packets) => {
      start();
      speech.push(...packets);
    },
    hush: () => {
      speech = [];
    },
    sendDigits: (digits) => {
      const clockRate = peer?.telephoneEventClockRate();
      if (clockRate !== undefined) keyPresses.press(digits, clockRate, clock.monotonic());
    },
    tick: () => {
      const now = clock.monotonic();
      if (started && fingerprint !== undefined && now - aliveAt > ports.silenceTimeoutMs) {
        aliveAt = now;
        emit({ type: 'lost', leg: id, reason: 'timeout' });
      }
      if (peer?.isReady() !== true) return;
      tellCounts(now);
      sendKeys(now);
      if (source(now) === 'partner') nextFrameAt = undefined;
      else if (started) sendGenerated(now);
    },
    close: async () => {
      const former = peer;
      peer = undefined;
      fingerprint = undefined;
      await former?.close();
    },
    isHeld: () => held,
    partner: () => partner,
    hear: (from, packet) => {
      const now = clock.monotonic();
      partnerHeardAt = now;
      tone = 'silence';
      if (peer?.isReady() !== true || source(now) !== 'partner') return;
      const stamp = stream.forward(`${from.id} ${String(packet.ssrc)}`, packet, now);
      if (stamp !== undefined) sendAudio(stamp, packet.payload);
    },
    passOver: (from, packet) => {
      stream.takeOut(`${from.id} ${String(packet.ssrc)}`, packet.sequence);
    },
  };
  return leg;
}
