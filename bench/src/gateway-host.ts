import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MediaCommand, type MediaPlane, type MediaResults, createGateway } from '@parley/gateway';

import { collectGarbage } from './collect-garbage.ts';
import { DESCRIPTION } from './description.ts';

/**
 * A gateway as `parley-gateway start --demo` runs it, in a process that can be measured.
 *
 * `gateway-host.js media`: with its own media. `gateway-host.js signaling`: with media that does nothing.
 */
const data = mkdtempSync(join(tmpdir(), 'parley-bench-'));
process.on('exit', () => {
  rmSync(data, { recursive: true, force: true });
});
const settings = { port: 0, data, demo: true, noTurn: true, drainSeconds: 0 };
const gateway = await createGateway(settings, process.argv[2] === 'media' ? {} : { media: noMedia() });
process.send?.({ port: Number(new URL(gateway.url).port), apiKey: gateway.demoApiKey });
process.on('message', () => {
  void collectGarbage().then(() => process.send?.({ collected: true }));
});
process.on('disconnect', () => {
  void gateway.close(false).then(() => process.exit());
});

function noMedia(): MediaPlane {
  const answerTo = ({ type }: MediaCommand): MediaResults[MediaCommand['type']] =>
    type === 'accept' || type === 'offer' || type === 'remake' ? { sdp: DESCRIPTION } : undefined;
  return {
    send: async <C extends MediaCommand>(command: C) => answerTo(command) as MediaResults[C['type']],
    onEvent: () => () => undefined,
    status: () => ({ ready: true, workers: 1, legs: 0, capacity: Number.MAX_SAFE_INTEGER }),
    close: () => Promise.resolve(),
  };
}
