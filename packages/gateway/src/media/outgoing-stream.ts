/**
 * The RTP stream that one leg hears, from its first packet to its last: one sequence and one clock through ringback,
 * speech, hold and any change of source. A gap that the network made upstream stays a gap, so that the browser's
 * decoder knows of the loss and conceals or recovers it; a packet that was taken out on purpose leaves none.
 */

/** Samples of Opus in a frame of 20 ms, at the clock rate of 48,000 Hz that RFC 7587 §4.1 fixes. */
const SAMPLES_PER_FRAME = 960;
const FRAME_MS = 20;

/**
 * A longer gap is a break, not a loss: nothing can conceal it, and RFC 3711's packet index could be estimated wrongly
 * by a receiver if the sequence number wrapped within it.
 */
const LONGEST_GAP = 50;

/** How far back a packet may come late and still find its place. */
const LATEST = 100;

/** Further back than this the source has begun to count anew. */
const RESTARTED = 1000;

export interface RtpPosition {
  sequence: number;
  timestamp: number;
}

export interface RtpStamp extends RtpPosition {
  marker: boolean;
}

/** From which number of the source on the sequence is shifted by how much. */
interface Shift {
  after: number;
  by: number;
}

interface ForwardedSource {
  key: string;
  /** Highest number of the source so far, and the outgoing one that it became; both are counted on beyond 16 bits. */
  highest: number;
  sequenceOffset: number;
  timestampOffset: number;
  /** Numbers up to this one belong to what was sent before the source. */
  floor: number;
  shifts: Shift[];
}

export interface OutgoingStream {
  /** Places a frame of our own making that is due at `at`, in milliseconds of a monotonic clock. */
  generate(at: number): RtpStamp;
  /** Places a packet of another leg. @returns undefined where its place is taken: it came too late */
  forward(source: string, position: RtpPosition, at: number): RtpStamp | undefined;
  /** A packet of the source is not passed on and must leave no gap. */
  takeOut(source: string, sequence: number): void;
  /** Puts in a packet that has no time of its own. @returns its sequence number and the stream's present time */
  putIn(at: number): RtpPosition;
}

export function createOutgoingStream(start: RtpPosition): OutgoingStream {
  /** Counted on beyond 16 bits. */
  let sequence = start.sequence;
  let timestamp = start.timestamp;
  let sentAt: number | undefined;
  let source: ForwardedSource | undefined;
  let generating = false;

  const timeAt = (at: number): number => {
    if (sentAt === undefined) return timestamp;
    const frames = Math.max(1, Math.round((at - sentAt) / FRAME_MS));
    return add32(timestamp, frames * SAMPLES_PER_FRAME);
  };
  const advance = (to: RtpPosition, at: number): void => {
    sequence = to.sequence;
    timestamp = to.timestamp;
    sentAt = at;
  };
  const begin = (key: string, position: RtpPosition, at: number): RtpStamp => {
    const place = { sequence: sequence + 1, timestamp: timeAt(at) };
    source = {
      key,
      highest: position.sequence,
      sequenceOffset: place.sequence - position.sequence,
      timestampOffset: add32(place.timestamp, -position.timestamp),
      floor: sequence,
      shifts: [],
    };
    generating = false;
    advance(place, at);
    return { sequence: to16(place.sequence), timestamp: place.timestamp, marker: true };
  };

  return {
    generate: (at) => {
      const place = { sequence: sequence + 1, timestamp: timeAt(at) };
      const marker = !generating;
      generating = true;
      source = undefined;
      advance(place, at);
      return { sequence: to16(place.sequence), timestamp: place.timestamp, marker };
    },
    forward: (key, position, at) => {
      if (source?.key !== key) return begin(key, position, at);
      const number = extend(position.sequence, source.highest);
      const gap = number - source.highest;
      if (gap > LONGEST_GAP || gap < -RESTARTED) return begin(key, position, at);
      if (gap < -LATEST) return undefined;
      const place = {
        sequence: number + source.sequenceOffset + shiftFor(source.shifts, number),
        timestamp: add32(position.timestamp, source.timestampOffset),
      };
      if (place.sequence <= source.floor || gap === 0) return undefined;
      if (gap > 0) {
        source.highest = number;
        advance(place, at);
      }
      return { sequence: to16(place.sequence), timestamp: place.timestamp, marker: false };
    },
    takeOut: (key, taken) => {
      if (source?.key !== key) return;
      const number = extend(taken, source.highest);
      const gap = number - source.highest;
      if (gap > LONGEST_GAP || gap < -LATEST || gap === 0) return;
      shift(source, { after: number, by: -1 });
      if (gap > 0) source.highest = number;
      if (gap > 1) sequence += gap - 1;
    },
    putIn: (at) => {
      const place = { sequence: sequence + 1, timestamp: timeAt(at) };
      if (source !== undefined) shift(source, { after: source.highest, by: 1 });
      sequence = place.sequence;
      return { sequence: to16(place.sequence), timestamp: place.timestamp };
    },
  };
}

/** Keeps only the shifts that a late packet can still be on this side of. */
function shift(source: ForwardedSource, added: Shift): void {
  const old = source.shifts.filter(({ after }) => after < source.highest - LATEST);
  for (const { by } of old) source.sequenceOffset += by;
  source.shifts = [...source.shifts.filter((kept) => !old.includes(kept)), added];
}

function shiftFor(shifts: readonly Shift[], number: number): number {
  return shifts.filter(({ after }) => after < number).reduce((sum, { by }) => sum + by, 0);
}

/** The number nearest to `reference` that has these 16 bits. */
function extend(sequence: number, reference: number): number {
  const difference = (sequence - to16(reference)) & 0xffff;
  return reference + (difference < 0x8000 ? difference : difference - 0x10000);
}

function to16(number: number): number {
  return number & 0xffff;
}

function add32(left: number, right: number): number {
  return (left + right) >>> 0;
}
