/** Key presses as RTP packets: RFC 4733 §2.3. The events 0 to 15 are the keys. */

const KEYS = '0123456789*#ABCD';
const END = 0x80;
/** −10 dBm0, the level that RFC 4733 §2.3.3 counts in steps of 1 dB below 0. */
const VOLUME = 10;
const LENGTH = 4;

const TONE_MS = 100;
const PAUSE_MS = 60;
/** What a comma means to a browser (W3C WebRTC, `RTCDTMFSender.insertDTMF`). */
const COMMA_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const UPDATE_MS = 20;
/** The last packet goes three times: RFC 4733 §2.5.1.4. */
const LAST_PACKETS = 3;

export interface TelephoneEventPacket {
  ssrc: number;
  timestamp: number;
  payload: Uint8Array;
}

export interface TelephoneEventReceiver {
  /** @returns the key, at the first packet of each press */
  receive(packet: TelephoneEventPacket): string | undefined;
}

/** All packets of a press have one timestamp; a new timestamp is a new press. */
export function createTelephoneEventReceiver(): TelephoneEventReceiver {
  let last: { ssrc: number; timestamp: number } | undefined;
  return {
    receive: ({ ssrc, timestamp, payload }) => {
      const event = payload[0];
      if (event === undefined || payload.length < LENGTH) return undefined;
      if (last?.ssrc === ssrc && !isLater(timestamp, last.timestamp)) return undefined;
      last = { ssrc, timestamp };
      return KEYS[event];
    },
  };
}

function isLater(timestamp: number, than: number): boolean {
  const difference = (timestamp - than) >>> 0;
  return difference !== 0 && difference < 0x80000000;
}

/** One packet of a key press that is sent. */
export interface TelephoneEventStep {
  /** When it is due, in milliseconds of the sender's clock. */
  at: number;
  /** A new press begins, with a timestamp of its own. */
  begins: boolean;
  payload: Uint8Array;
}

/** Key presses that follow each other, each as long as it must be, however fast they were asked for. */
export interface TelephoneEventSender {
  /**
   * Puts the digits behind those that are still to be sent. Characters that are neither key nor pause are passed over,
   * and so is what would have to wait for more than a minute: nobody presses keys so fast.
   */
  press(digits: string, clockRate: number, now: number): void;
  /** @returns what is to be sent by now, in order; it is told once */
  due(now: number): TelephoneEventStep[];
}

export function createTelephoneEventSender(): TelephoneEventSender {
  let queue: TelephoneEventStep[] = [];
  let freeAt = -Infinity;
  return {
    press: (digits, clockRate, now) => {
      freeAt = Math.max(freeAt, now);
      for (const digit of digits.toUpperCase()) {
        if (freeAt - now > LONGEST_WAIT_MS) return;
        if (digit === ',') freeAt += COMMA_MS;
        if (digit === ',' || !KEYS.includes(digit)) continue;
        queue.push(...planPress(KEYS.indexOf(digit), clockRate, freeAt));
        freeAt += TONE_MS + PAUSE_MS;
      }
    },
    due: (now) => {
      const steps = queue.filter(({ at }) => at <= now);
      queue = queue.slice(steps.length);
      return steps;
    },
  };
}

function planPress(event: number, clockRate: number, startsAt: number): TelephoneEventStep[] {
  const step = (afterMs: number, durationMs: number, ends: boolean): TelephoneEventStep => ({
    at: startsAt + afterMs,
    begins: afterMs === 0,
    payload: encode(event, (durationMs * clockRate) / 1000, ends),
  });
  const steps: TelephoneEventStep[] = [];
  for (let afterMs = 0; afterMs < TONE_MS; afterMs += UPDATE_MS)
    steps.push(step(afterMs, afterMs + UPDATE_MS, false));
  for (let copy = 0; copy < LAST_PACKETS; copy += 1) steps.push(step(TONE_MS, TONE_MS, true));
  return steps;
}

function encode(event: number, duration: number, ends: boolean): Uint8Array {
  return Uint8Array.of(event, (ends ? END : 0) | VOLUME, (duration >> 8) & 0xff, duration & 0xff);
}
