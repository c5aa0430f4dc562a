import { setTimeout as delay } from 'node:timers/promises';
import { RtpHeader, RtpPacket } from 'werift';

import type { BareLeg } from './bare-leg.ts';
import type { Watched } from './load-commands.ts';

/** Both ends of a call send 50 packets a second, each with the time at which it was sent. */
const PACKET_MS = 20;
const TICKS_PER_PACKET = 960;
/** Of Opus at 32 kbit/s. */
const PAYLOAD_BYTES = 80;
/** Tells the packets of the load from what a server plays. */
const MARK = 0x7461_6c6b;

/** Talkers do not all speak at once, as people's packets do not all come at once. */
const TURNS = 4;

interface Talker {
  leg: BareLeg;
  turn: number;
  sent: number;
}

const talkers = new Set<Talker>();
const observed: Watched = { sent: 0, received: 0, delays: [] };

export function startTalking(): void {
  const startedAt = performance.now();
  const turnMs = PACKET_MS / TURNS;
  let turn = 0;
  const speak = () => {
    for (; turn * turnMs <= performance.now() - startedAt; turn += 1) {
      for (const talker of talkers) if (talker.turn === turn % TURNS) send(talker);
    }
    setTimeout(speak, turn * turnMs - (performance.now() - startedAt));
  };
  speak();
}

/** @returns `heard`: the first packet from the other end has come */
export function joinTalk(leg: BareLeg): { heard: Promise<void>; leave(): void } {
  const talker: Talker = { leg, turn: talkers.size % TURNS, sent: 0 };
  talkers.add(talker);
  const heard = new Promise<void>((resolve) => {
    leg.onPacket(({ payload }) => {
      if (payload.length !== PAYLOAD_BYTES || payload.readUInt32BE(8) !== MARK) return;
      observed.received += 1;
      observed.delays.push(performance.now() - payload.readDoubleBE(0));
      resolve();
    });
  });
  return { heard, leave: () => talkers.delete(talker) };
}

export async function watchTalk(seconds: number): Promise<Watched> {
  Object.assign(observed, { sent: 0, received: 0, delays: [] });
  await delay(seconds * 1000);
  return { ...observed };
}

function send(talker: Talker): void {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  payload.writeDoubleBE(performance.now(), 0);
  payload.writeUInt32BE(MARK, 8);
  const header = new RtpHeader({
    sequenceNumber: talker.sent & 0xffff,
    timestamp: (talker.sent * TICKS_PER_PACKET) >>> 0,
    marker: talker.sent === 0,
  });
  talker.sent += 1;
  observed.sent += 1;
  talker.leg.send(new RtpPacket(header, payload));
}
