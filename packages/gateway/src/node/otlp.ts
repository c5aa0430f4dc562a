import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** A collector that does not answer holds up the end of the gateway for no longer. */
const patienceMs = 2_000;

/**
 * Sends spans by OTLP over HTTP. Those that a collector does not take in time are lost; calls never wait for it. What
 * else the standard variables say of the exporter (headers, sampling, limits) holds.
 *
 * @param endpoint as in OTEL_EXPORTER_OTLP_ENDPOINT, without the path of the signal
 */
export function openTracer(
  endpoint: string,
  { nodeId, version }: { nodeId: string; version: string },
): { tracer: Tracer; close(): Promise<void> } {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'parley-gateway',
      'service.version': version,
      'service.instance.id': nodeId,
    }),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({
          url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
          timeoutMillis: patienceMs,
        }),
      ),
    ],
  });
  return {
    tracer: provider.getTracer('parley-gateway', version),
    close: () => provider.shutdown().catch(() => undefined),
  };
}
