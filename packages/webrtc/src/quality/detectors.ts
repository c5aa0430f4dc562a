import type { Counts, Figures, Measures } from './figures.ts';

/** What can be wrong with the sound of a call. */
export type Impairment =
  | 'high-rtt'
  | 'high-jitter'
  | 'high-packet-loss'
  | 'low-mos'
  | 'low-local-audio'
  | 'low-inbound-audio'
  | 'low-bytes-received'
  | 'low-bytes-sent'
  | 'path-changed';

/** What the figures do not tell. */
export interface Circumstances {
  readonly held: boolean;
  /** There is a microphone, and it is not muted. */
  readonly speaking: boolean;
}

interface Rule {
  readonly breached: (figures: Figures) => boolean;
  /** Better than what is just no breach, so that a figure at its limit does not raise and clear in turns. */
  readonly good: (figures: Figures) => boolean;
  /** Intervals in a row that raise it, once the figure was good; default: as ever. */
  readonly patience?: number;
  readonly once?: true;
  /** It is about what the microphone gives. */
  readonly ofSpeech?: true;
}

interface Watch {
  /** Intervals in a row: that breach, or, once it is raised, that are good. */
  readonly streak: number;
  readonly wasGood: boolean;
  /** undefined: it is not raised. */
  readonly toldAt: number | undefined;
}

export type Watches = ReadonlyMap<Impairment, Watch>;

export interface Finding {
  readonly impairment: Impairment;
  readonly is: 'raised' | 'lasting' | 'cleared';
}

/** Intervals are about a second long. */
const STREAK = 3;
/** How long people listen without a word. */
const PAUSE = 30;
/** What lasts is told again. */
const REPEAT_MS = 15_000;
const SILENT = 0.001;
const UNWATCHED: Watch = { streak: 0, wasGood: false, toldAt: undefined };

/** @param margin how far on the good side of the limit a figure must be to clear it */
function over(name: keyof Measures, limit: number, margin: number): Rule {
  return {
    breached: ({ measures: { [name]: value } }) => value !== undefined && value > limit,
    good: ({ measures: { [name]: value } }) => value !== undefined && value <= limit - margin,
  };
}

/** Before there is a path, everybody knows that nothing comes. */
function none(name: keyof Counts): Rule {
  return {
    breached: ({ counts, pairId }) => pairId !== undefined && counts[name] === 0,
    good: ({ counts }) => counts[name] > 0,
  };
}

const RULES: ReadonlyMap<Impairment, Rule> = new Map<Impairment, Rule>([
  ['high-rtt', over('roundTripTime', 0.4, 0.05)],
  ['high-jitter', over('jitter', 0.03, 0.005)],
  ['high-packet-loss', over('loss', 0.01, 0.005)],
  [
    'low-mos',
    {
      breached: ({ measures: { mos } }) => mos !== undefined && mos < 3.5,
      good: ({ measures: { mos } }) => mos !== undefined && mos >= 3.6,
    },
  ],
  [
    'low-local-audio',
    {
      breached: ({ measures: { outboundLevel } }) => outboundLevel !== undefined && outboundLevel <= SILENT,
      good: ({ measures: { outboundLevel } }) => outboundLevel !== undefined && outboundLevel > SILENT,
      patience: PAUSE,
      once: true,
      ofSpeech: true,
    },
  ],
  [
    'low-inbound-audio',
    {
      breached: ({ measures: { inboundLevel }, counts: { packetsReceived } }) =>
        packetsReceived > 0 && inboundLevel !== undefined && inboundLevel <= SILENT,
      good: ({ measures: { inboundLevel } }) => inboundLevel !== undefined && inboundLevel > SILENT,
    },
  ],
  ['low-bytes-received', none('packetsReceived')],
  ['low-bytes-sent', { ...none('packetsSent'), ofSpeech: true }],
]);

/**
 * Judges one interval. Nothing is raised while the call is held, nor of a microphone that is muted; what was is cleared.
 *
 * ```
 *  quiet ── 3 breaches in a row ─▶ raised ── 3 good ones in a row, or hold ─▶ quiet
 *                                   │  ▲
 *                                   └──┘ 15 s: told again
 * ```
 */
export function detect(
  watches: Watches,
  figures: Figures,
  { held, speaking }: Circumstances,
): { watches: Watches; findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const next = new Map<Impairment, Watch>();
  for (const [impairment, rule] of RULES) {
    const applies = !held && (speaking || !rule.ofSpeech);
    const watch = watches.get(impairment) ?? UNWATCHED;
    const judged = applies ? judge(rule, watch, figures) : quieten(watch);
    next.set(impairment, judged.watch);
    if (judged.is) findings.push({ impairment, is: judged.is });
  }
  return { watches: next, findings };
}

interface Judgement {
  readonly watch: Watch;
  readonly is?: Finding['is'];
}

function judge(rule: Rule, { streak, toldAt, ...before }: Watch, figures: Figures): Judgement {
  const good = rule.good(figures);
  const wasGood = before.wasGood || good;
  if (toldAt === undefined) {
    const breaches = rule.breached(figures) ? streak + 1 : 0;
    if (breaches < (wasGood ? (rule.patience ?? STREAK) : STREAK))
      return { watch: { streak: breaches, wasGood, toldAt } };
    return { watch: { streak: 0, wasGood, toldAt: figures.to }, is: 'raised' };
  }
  const watch: Watch = { streak: good ? streak + 1 : 0, wasGood, toldAt };
  if (watch.streak === STREAK) return quieten(watch);
  if (rule.once || figures.to - toldAt < REPEAT_MS) return { watch };
  return { watch: { ...watch, toldAt: figures.to }, is: 'lasting' };
}

function quieten({ wasGood, toldAt }: Watch): Judgement {
  const watch = { streak: 0, wasGood, toldAt: undefined };
  return toldAt === undefined ? { watch } : { watch, is: 'cleared' };
}
