/** What is known of the sound that one side hears. Times in seconds, loss as a share from 0 to 1. */
export interface Conditions {
  codec: 'opus' | 'g711';
  /** Of the packets that were due, those that were neither played nor mended by forward error correction. */
  loss: number;
  roundTripTime: number;
  /** Mean deviation between arrivals (RFC 3550, section 6.4.1). */
  jitter: number;
}

export interface Rating {
  /** From 0 to 93.2. */
  rFactor: number;
  /** Mean opinion score on the narrowband scale, from 1 to 4.5. */
  mos: number;
}

/** R with all defaults of ITU-T G.107 and nothing impaired: the basic signal-to-noise ratio less Is. */
const UNIMPAIRED = 93.2;
/** Robustness against random loss, with concealment: G.711 by ITU-T G.113, appendix I. */
const LOSS_ROBUSTNESS = 25.1;
/**
 * Impairment by the codec alone. G.711: 0 by definition (G.113). Opus: ITU-T gives no value; from 24 kbit/s on it is
 * heard as no worse than the reference (RFC 6716, section 1, and the listening tests of its working group).
 */
const CODEC_IMPAIRMENT = 0;
/** Of one packet and its encoder's look-ahead, ms: 20 ms each, and 6.5 ms for Opus (RFC 6716, section 2). */
const CODEC_DELAY = { opus: 26.5, g711: 20 };
/** A jitter buffer holds about this many times the mean deviation, which covers nearly all arrivals. */
const BUFFERED_DEVIATIONS = 2;
/** G.107, 7.4: delay is heard as such above this, ms. */
const UNHEARD_DELAY = 100;

/**
 * Rates a conversation by the E-model (ITU-T G.107), with perfect echo cancellation, as browsers have it. It never
 * rises with loss, delay or jitter. What is not a number counts as nothing wrong.
 */
export function rate({ codec, loss, roundTripTime, jitter }: Conditions): Rating {
  const delayMs =
    1000 * (atLeastZero(roundTripTime) / 2 + BUFFERED_DEVIATIONS * atLeastZero(jitter)) + CODEC_DELAY[codec];
  const rFactor = clamp(
    UNIMPAIRED - delayImpairment(delayMs) - lossImpairment(Math.min(atLeastZero(loss), 1)),
    0,
    UNIMPAIRED,
  );
  return { rFactor, mos: mosOf(rFactor) };
}

/** G.107, annex B. Below R = 6.5 its polynomial falls under 1, and a little further down it rises again. */
export function mosOf(rFactor: number): number {
  if (!(rFactor > 0)) return 1;
  if (rFactor >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * rFactor + 7e-6 * rFactor * (rFactor - 60) * (100 - rFactor));
}

/** Idd of G.107, 7.4. */
function delayImpairment(ms: number): number {
  if (ms <= UNHEARD_DELAY) return 0;
  const x = Math.log2(Math.min(ms, 1e6) / UNHEARD_DELAY);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** Ie-eff of G.107, 7.5, for loss that is random. */
function lossImpairment(share: number): number {
  const percent = 100 * share;
  return CODEC_IMPAIRMENT + ((95 - CODEC_IMPAIRMENT) * percent) / (percent + LOSS_ROBUSTNESS);
}

function atLeastZero(value: number): number {
  return value > 0 ? value : 0;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
