import type { CallReportRow } from '@parley/protocol';

import { detect, type Finding, type Watches } from './detectors.ts';
import { figuresBetween, type Figures, type Measures } from './figures.ts';
import type { Tell } from './peer-watch.ts';
import { toRow } from './report-row.ts';
import type { Sample, Stats } from './sample.ts';
import { Sampler, type SamplerPorts } from './sampler.ts';
import { closeFrame, collect, NOTHING_YET, type Totals } from './totals.ts';

export interface CallMonitorPorts extends SamplerPorts {
  readonly microphone: () => MediaStreamTrack | undefined;
  readonly isMuted: () => boolean;
  readonly isHeld: () => boolean;
}

export interface CallMonitorObserver {
  readonly tell: Tell;
  row(row: CallReportRow): void;
  /** An interval is over. */
  frame(mean: Measures, sample: Sample): void;
  found(finding: Finding): void;
}

const SAMPLE_MS = 1000;
/** By how much a timer may be early. */
const TOLERANCE_MS = 100;

/** Measures a call from its answer to its end. */
export class CallMonitor {
  readonly #ports: CallMonitorPorts;
  readonly #frameMs: number;
  readonly #observer: CallMonitorObserver;
  #sampler: Sampler | undefined;
  #last: Sample | undefined;
  #lastSecond: Sample | undefined;
  #totals: Totals = NOTHING_YET;
  #watches: Watches = new Map();
  #frameDueAt = 0;
  #wasMuted = false;
  #microphoneId: string | undefined;
  #pairId: string | undefined;

  /** @param frameMs how long the interval of a frame is */
  constructor(ports: CallMonitorPorts, frameMs: number, observer: CallMonitorObserver) {
    this.#ports = ports;
    this.#frameMs = frameMs;
    this.#observer = observer;
  }

  get totals(): Totals {
    return this.#totals;
  }

  begin(): void {
    if (this.#sampler) return;
    this.#frameDueAt = this.#ports.now() + this.#frameMs;
    this.#sampler = new Sampler(this.#ports, Math.min(SAMPLE_MS, this.#frameMs), (sample) => {
      this.#take(sample);
    });
  }

  end(): void {
    this.#sampler?.stop();
    // A call that was shorter than an interval has a mean as well.
    if (this.#totals.frames.length === 0) this.#totals = closeFrame(this.#totals).totals;
  }

  #take(sample: Sample): void {
    const { isHeld, isMuted, microphone } = this.#ports;
    const figures = figuresBetween(this.#last, sample);
    const track = microphone();
    this.#last = sample;
    this.#totals = collect(this.#totals, sample, figures);
    this.#tellPair(figures.pairId, sample);
    this.#tellMuted(isMuted());
    this.#tellMicrophone(track);
    this.#takeSecond(sample, track, { held: isHeld(), speaking: track?.readyState === 'live' && !isMuted() });
    if (sample.at >= this.#frameDueAt - TOLERANCE_MS) this.#closeFrame(sample);
  }

  /** However short the frames are, what is reported and found is about seconds. */
  #takeSecond(
    sample: Sample,
    track: MediaStreamTrack | undefined,
    circumstances: { held: boolean; speaking: boolean },
  ): void {
    const before = this.#lastSecond;
    if (before && sample.at - before.at < SAMPLE_MS - TOLERANCE_MS) return;
    this.#lastSecond = sample;
    const figures = figuresBetween(before, sample);
    this.#observer.row(toRow(sample, figures, track));
    this.#detect(figures, circumstances);
  }

  #closeFrame(sample: Sample): void {
    this.#frameDueAt = Math.max(this.#frameDueAt + this.#frameMs, sample.at);
    const { frame, totals } = closeFrame(this.#totals);
    this.#totals = totals;
    if (frame) this.#observer.frame(frame, sample);
  }

  #detect(figures: Figures, circumstances: { held: boolean; speaking: boolean }): void {
    const { findings, watches } = detect(this.#watches, figures, circumstances);
    this.#watches = watches;
    for (const finding of findings) this.#observer.found(finding);
  }

  #tellPair(pairId: string | undefined, { local, remote }: Sample): void {
    if (pairId === undefined || pairId === this.#pairId) return;
    const isFirst = this.#pairId === undefined;
    this.#pairId = pairId;
    const details = { local: describe(local), remote: describe(remote) };
    this.#observer.tell('ice', 'pair', `media goes over ${details.local} to ${details.remote}`, details);
    if (!isFirst) this.#observer.found({ impairment: 'path-changed', is: 'raised' });
  }

  #tellMicrophone(track: MediaStreamTrack | undefined): void {
    if (!track || track.id === this.#microphoneId) return;
    const isFirst = this.#microphoneId === undefined;
    this.#microphoneId = track.id;
    const { label } = track;
    const event = isFirst ? 'used' : 'changed';
    this.#observer.tell('device', event, `microphone: ${label}`, { kind: 'microphone', label });
  }

  #tellMuted(muted: boolean): void {
    if (muted !== this.#wasMuted)
      this.#observer.tell('call', muted ? 'muted' : 'unmuted', muted ? 'muted' : 'unmuted');
    this.#wasMuted = muted;
  }
}

function describe(candidate: Stats | undefined): string {
  const { candidateType = 'unknown', protocol = '', relayProtocol = protocol } = candidate ?? {};
  return `${String(candidateType)} ${String(relayProtocol)}`.trim();
}
