import type { CallReportRecord, CallReportRow, DebugReportFrame } from '@parley/protocol';

/** A piece of what is told of a call while it runs. */
export type DebugPiece = { readonly record: CallReportRecord } | { readonly row: CallReportRow };

/** Takes what is told of one call. Whatever becomes of it, the call goes on. */
export interface DebugSink {
  add(piece: DebugPiece): void;
  end(): void;
}

export interface SocketSinkPorts {
  readonly uuid: () => string;
  /** @returns false where there is no connection */
  readonly send: (frame: DebugReportFrame) => boolean;
}

const VERSION = 1;
/** What waits for a connection; then the oldest goes. */
const MOST_WAITING = 500;

/** Streams to the server, in order; what cannot be sent waits for the next piece. */
export function socketSink(callId: string, { send, uuid }: SocketSinkPorts): DebugSink {
  const reportId = uuid();
  const frame = { jsonrpc: '2.0', debug_report_id: reportId, debug_report_version: VERSION } as const;
  const waiting: DebugReportFrame[] = [];
  const tell = (next: DebugReportFrame): void => {
    waiting.push(next);
    // The start stays.
    if (waiting.length > MOST_WAITING) waiting.splice(1, 1);
    while (waiting[0] && send(waiting[0])) waiting.shift();
  };
  tell({ ...frame, type: 'debug_report_start', id: uuid(), call_id: callId });
  return {
    add: (piece) => {
      tell({ ...frame, type: 'debug_report_data', id: uuid(), call_id: callId, debug_report_data: piece });
    },
    end: () => {
      tell({ ...frame, type: 'debug_report_stop', id: uuid(), call_id: callId });
    },
  };
}

/** So many seconds of a call are kept; then the oldest goes. */
const MOST_PIECES = 20_000;

/** Keeps everything, and gives it to the person as one file when the call has ended. */
export function fileSink(
  callId: string,
  {
    download,
    now,
    uuid,
  }: {
    readonly download: (name: string, text: string) => void;
    readonly now: () => number;
    readonly uuid: () => string;
  },
): DebugSink {
  const pieces: DebugPiece[] = [];
  return {
    add: (piece) => {
      pieces.push(piece);
      if (pieces.length > MOST_PIECES) pieces.shift();
    },
    end: () => {
      const records = pieces.flatMap((piece) => ('record' in piece ? [piece.record] : []));
      const stats = pieces.flatMap((piece) => ('row' in piece ? [piece.row] : []));
      const text = JSON.stringify({ format: 'parley-debug', version: VERSION, callId, records, stats });
      download(`webrtc-stats-${uuid()}-${now()}.json`, text);
    },
  };
}
