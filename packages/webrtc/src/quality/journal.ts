import type { CallReportRecord, CallReportRow, CallReportSummary, FlushReason } from '@parley/protocol';

export interface JournalLimits {
  /** Records that are kept until they are sent; the oldest go first. */
  readonly records: number;
}

/** A page that is left can send 64 KiB (Fetch, section 4.6): what waits is to fit, with its summary. */
const FULL = 48 * 1024;
/** Where nothing can be sent, the latest six minutes are kept. */
const MOST_ROWS = 360;

/** What is to be reported of one call and has not been yet. Each piece is written once, and joined to a body later. */
export class Journal {
  readonly #limits: JournalLimits;
  readonly #rows: string[] = [];
  readonly #records: string[] = [];
  #segment = 0;
  #size = 0;

  constructor(limits: JournalLimits) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#size > FULL;
  }

  addRow(row: CallReportRow): void {
    this.#add(this.#rows, row, MOST_ROWS);
  }

  addRecord(record: CallReportRecord): void {
    this.#add(this.#records, record, this.#limits.records);
  }

  #add(all: string[], piece: CallReportRow | CallReportRecord, most: number): void {
    const text = JSON.stringify(piece);
    all.push(text);
    this.#size += text.length;
    if (all.length > most) this.#size -= all.shift()?.length ?? 0;
  }

  /**
   * Everything since the last time, as the body of a report.
   * @param reason undefined for the last segment of the call
   */
  take(summary: CallReportSummary, reason: FlushReason | undefined): string {
    const segment = reason || this.#segment > 0 ? this.#segment++ : undefined;
    this.#size = 0;
    const rows = this.#rows.splice(0);
    const records = this.#records.splice(0);
    const head = JSON.stringify({ summary, segment, flushReason: reason });
    return `${head.slice(0, -1)},"stats":[${rows.join()}],"logs":[${records.join()}]}`;
  }
}
