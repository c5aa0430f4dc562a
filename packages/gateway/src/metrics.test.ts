import { describe, expect, it } from 'vitest';
import { createMetrics, type MetricSources } from './metrics.ts';

const nothing: MetricSources = {
  sessions: () => 0,
  callsByState: () => new Map(),
  mediaLegs: () => 0,
  node: { nodeId: 'n1', region: 'eu', canary: false },
};

describe('metrics', () => {
  it('of what lives, are read at the moment that somebody asks', async () => {
    const calls = new Map([['ringing', 2]]);
    const { registry } = createMetrics({ ...nothing, callsByState: () => calls });
    expect(await registry.metrics()).toContain('parley_calls{state="ringing"} 2');
    calls.clear();
    calls.set('active', 1);
    const later = await registry.metrics();
    expect(later).toContain('parley_calls{state="active"} 1');
    expect(later).not.toContain('state="ringing"');
  });

  it('of what happened, are counted', async () => {
    const metrics = createMetrics(nothing);
    metrics.loginRefused('wrong');
    metrics.loginRefused('wrong');
    metrics.loginRefused('locked');
    metrics.callEnded('NORMAL_CLEARING');
    metrics.callReport('stored');
    metrics.callSetUp(0.15);
    const lines = (await metrics.registry.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'parley_logins_refused_total{reason="wrong"} 2',
        'parley_logins_refused_total{reason="locked"} 1',
        'parley_calls_ended_total{cause="NORMAL_CLEARING"} 1',
        'parley_call_reports_total{outcome="stored"} 1',
        'parley_call_setup_seconds_bucket{le="0.1"} 0',
        'parley_call_setup_seconds_bucket{le="0.2"} 1',
        'parley_call_setup_seconds_count 1',
      ]),
    );
  });

  it('of causes that clients made up, are one', async () => {
    const metrics = createMetrics(nothing);
    for (const cause of ['MADE_UP_1', 'MADE_UP_2', '__proto__', 'constructor', '', 'normal_clearing']) {
      metrics.callEnded(cause);
    }
    const lines = (await metrics.registry.metrics()).split('\n');
    expect(lines.filter((line) => line.startsWith('parley_calls_ended_total{'))).toEqual([
      'parley_calls_ended_total{cause="other"} 6',
    ]);
  });

  it('of the node, say which it is', async () => {
    expect(await createMetrics(nothing).registry.metrics()).toContain(
      'parley_node_info{node_id="n1",region="eu",canary="false"} 1',
    );
  });

  it('of two gateways in one process, are apart', async () => {
    const [one, other] = [createMetrics(nothing), createMetrics(nothing)];
    one.callReport('stored');
    expect(await other.registry.metrics()).not.toContain('parley_call_reports_total{');
  });
});
