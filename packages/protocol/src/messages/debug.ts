/** The debug stream of a client whose `debug` option is on. */
import type { RequestId } from '../json-rpc.ts';

interface DebugFrame {
  jsonrpc: '2.0';
  id: RequestId;
  debug_report_id: string;
  debug_report_version?: number;
  call_id?: string;
}

/** Set-up of the call waits for the answer. */
export interface DebugReportStart extends DebugFrame {
  type: 'debug_report_start';
}

export interface DebugReportData extends DebugFrame {
  type: 'debug_report_data';
  /** Of a Parley client `{ record: CallReportRecord }` or `{ row: CallReportRow }`; of an official one, an event of its timeline. */
  debug_report_data?: unknown;
}

/** The client closes its peer connection only after the answer. */
export interface DebugReportStop extends DebugFrame {
  type: 'debug_report_stop';
}

/** Frames with `type` in place of `method`, and no `params`. Each is answered like a request. */
export type DebugReportFrame = DebugReportStart | DebugReportData | DebugReportStop;
