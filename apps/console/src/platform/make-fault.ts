import { TelnyxRTC } from '@parley/webrtc';
import type { MakeFault } from '../model/ports.ts';

/** The page shows what is done before a fault that stops it. */
const SHOWN_MS = 100;

/** What makes faults is loaded with the first one. */
export const makeFault: MakeFault = async (client, fault, seconds) => {
  if (!(client instanceof TelnyxRTC)) throw new TypeError('This client cannot be broken on purpose.');
  const { simulate } = await import('@parley/webrtc/simulate');
  await new Promise((resolve) => setTimeout(resolve, SHOWN_MS));
  await simulate(client, fault, { seconds: seconds ?? undefined });
};
