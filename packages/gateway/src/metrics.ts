import { fromName } from '@parley/protocol';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter } from './ports.ts';

/** What is counted where it lives, and read when somebody asks: a copy of it could drift. */
export interface MetricSources {
  sessions(): number;
  callsByState(): ReadonlyMap<string, number>;
  mediaLegs(): number;
  node: { nodeId: string; region: string; canary: boolean };
  /** Only where the gateway runs one. */
  turnServer?: (() => { running: boolean; starts: number }) | undefined;
}

export interface Metrics extends Meter {
  /** For `GET /metrics`. */
  registry: Registry;
  callReport(outcome: 'stored' | 'refused'): void;
}

/** Prometheus metrics of one gateway; all names begin with `parley_`, those of the process with `process_` and `nodejs_`. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const { nodeId, region, canary } = sources.node;
  new Gauge({
    name: 'parley_node_info',
    help: 'Always 1; which node this is.',
    labelNames: ['node_id', 'region', 'canary'],
    registers,
  }).set({ node_id: nodeId, region, canary: String(canary) }, 1);
  new Gauge({
    name: 'parley_sessions',
    help: 'Sessions that are logged in.',
    registers,
    collect() {
      this.set(sources.sessions());
    },
  });
  new Gauge({
    name: 'parley_calls',
    help: 'Calls by their state.',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset();
      for (const [state, calls] of sources.callsByState()) this.set({ state }, calls);
    },
  });
  new Gauge({
    name: 'parley_media_legs',
    help: 'Media legs that are open.',
    registers,
    collect() {
      this.set(sources.mediaLegs());
    },
  });
  const { turnServer } = sources;
  if (turnServer !== undefined) {
    new Gauge({
      name: 'parley_turn_server_up',
      help: '1 while the TURN server of the gateway runs, else 0.',
      registers,
      collect() {
        this.set(turnServer().running ? 1 : 0);
      },
    });
    new Gauge({
      name: 'parley_turn_server_starts',
      help: 'How often the TURN server of the gateway was started: more than once, it died.',
      registers,
      collect() {
        this.set(turnServer().starts);
      },
    });
  }
  const setUp = new Histogram({
    name: 'parley_call_setup_seconds',
    help: 'Seconds from the arrival of an invite until its answer leaves; for people, mostly ringing.',
    buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 20, 40, 60],
    registers,
  });
  const refused = new Counter({
    name: 'parley_logins_refused_total',
    help: 'Logins that were refused: wrong, locked after too many wrong ones, or too many from an address.',
    labelNames: ['reason'],
    registers,
  });
  const ended = new Counter({
    name: 'parley_calls_ended_total',
    help: 'Calls that ended, by cause; "other" for what is not in the table of causes.',
    labelNames: ['cause'],
    registers,
  });
  const reports = new Counter({
    name: 'parley_call_reports_total',
    help: 'Call reports that clients sent, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  return {
    registry,
    callSetUp: (seconds) => {
      setUp.observe(seconds);
    },
    loginRefused: (reason) => {
      refused.inc({ reason });
    },
    callEnded: (cause) => {
      // Clients state causes of their own, and each label value is a time series that stays.
      ended.inc({ cause: fromName(cause)?.cause ?? 'other' });
    },
    callReport: (outcome) => {
      reports.inc({ outcome });
    },
  };
}
