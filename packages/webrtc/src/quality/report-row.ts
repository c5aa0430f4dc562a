import type { CallReportRow } from '@parley/protocol';

import type { Figures } from './figures.ts';
import { numberOf, type Sample, type Stats } from './sample.ts';

const OUTBOUND =
  'packetsSent bytesSent retransmittedPacketsSent retransmittedBytesSent headerBytesSent nackCount targetBitrate totalPacketSendDelay active';
const INBOUND =
  'packetsReceived bytesReceived packetsLost packetsDiscarded jitterBufferDelay jitterBufferEmittedCount totalSamplesReceived concealedSamples concealmentEvents nackCount headerBytesReceived fecPacketsReceived fecPacketsDiscarded jitterBufferTargetDelay jitterBufferMinimumDelay totalSamplesDecoded samplesDecodedWithSilence samplesDecodedWithConcealment totalAudioEnergy totalSamplesDuration';
const SOURCE =
  'id trackIdentifier audioLevel totalAudioEnergy totalSamplesDuration echoReturnLoss echoReturnLossEnhancement';
const CODEC = 'mimeType clockRate channels payloadType sdpFmtpLine';
const PAIR =
  'id localCandidateId remoteCandidateId state nominated writable currentRoundTripTime requestsSent responsesReceived';
const CANDIDATE = 'id address port candidateType protocol networkType url relayProtocol';
const TRANSPORT =
  'iceState dtlsState srtpCipher tlsVersion selectedCandidatePairChanges selectedCandidatePairId';
const PLAYOUT =
  'synthesizedSamplesEvents synthesizedSamplesDuration totalPlayoutDelay totalSamplesCount totalSamplesDuration';
const REMOTE_INBOUND =
  'packetsReceived packetsLost fractionLost roundTripTime totalRoundTripTime roundTripTimeMeasurements nackCount reportsReceived packetsDiscarded';
const REMOTE_OUTBOUND = 'packetsSent bytesSent reportsSent roundTripTime totalPacketSendDelay';
const COUNTED = 'packetsSent packetsReceived bytesSent bytesReceived';

/** @param track what the microphone is set to */
export function toRow(sample: Sample, figures: Figures, track: MediaStreamTrack | undefined): CallReportRow {
  const { inbound, outbound, pair, remoteInbound, remoteOutbound } = sample;
  const { measures } = figures;
  const { loss, mos, rFactor, roundTripTime } = measures;
  return {
    intervalStartUtc: iso(figures.from),
    intervalEndUtc: iso(figures.to),
    audio: present({
      outbound: outbound && {
        ...pick(outbound, OUTBOUND),
        ...present({
          audioLevelAvg: rounded(measures.outboundLevel),
          bitrateAvg: rounded(measures.outboundBitrate),
          localTrack: track && describeTrack(track),
          mediaSource: sample.source && pick(sample.source, SOURCE),
          codec: describeCodec(sample.outboundCodec),
        }),
      },
      inbound: inbound && {
        ...pick(inbound, INBOUND),
        ...present({
          audioLevelAvg: rounded(measures.inboundLevel),
          jitterAvg: inMilliseconds(measures.jitter),
          bitrateAvg: rounded(measures.inboundBitrate),
          codec: describeCodec(sample.inboundCodec),
        }),
      },
    }),
    ...present({
      connection: pair && {
        ...pick(pair, COUNTED),
        ...present({
          roundTripTimeAvg: rounded(roundTripTime),
          currentRoundTripTime: numberOf(pair, 'currentRoundTripTime'),
          roundTripTimeSource: 'candidate-pair.currentRoundTripTime',
        }),
      },
      ice: pair && {
        ...pick(pair, PAIR),
        ...present({
          local: sample.local && pick(sample.local, CANDIDATE),
          remote: sample.remote && pick(sample.remote, CANDIDATE),
        }),
      },
      transport: sample.transport && pick(sample.transport, TRANSPORT),
      mediaPlayout: sample.playout && pick(sample.playout, PLAYOUT),
      remoteRtcp:
        (remoteInbound ?? remoteOutbound) &&
        present({
          inbound: remoteInbound && {
            ...pick(remoteInbound, REMOTE_INBOUND),
            ...present({ jitter: inMilliseconds(numberOf(remoteInbound, 'jitter')) }),
          },
          outbound: remoteOutbound && pick(remoteOutbound, REMOTE_OUTBOUND),
        }),
      quality:
        mos === undefined
          ? undefined
          : present({ mos: rounded(mos), rFactor: rounded(rFactor), loss: rounded(loss) }),
    }),
  };
}

function describeCodec(codec: Stats | undefined): object | undefined {
  return codec && { ...pick(codec, CODEC), codecId: codec['id'] };
}

function describeTrack(track: MediaStreamTrack): object {
  const { contentHint, enabled, id, label, muted, readyState } = track;
  return { id, label, enabled, muted, readyState, contentHint, settings: track.getSettings() };
}

function pick(entry: Stats, names: string): Record<string, unknown> {
  return Object.fromEntries(
    names.split(' ').flatMap((name) => (entry[name] === undefined ? [] : [[name, entry[name]]])),
  );
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 10_000) / 10_000;
}

function inMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : rounded(1000 * seconds);
}
