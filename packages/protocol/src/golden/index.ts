/** Messages as they travel, for the tests of both sides. */
export type { GoldenMessage } from './golden-message.ts';
export { goldenAcknowledgement, goldenDebugReports, goldenLoginError, goldenSpeedTest } from './frames.ts';
export { goldenResults } from './results.ts';
export { goldenToClient } from './to-client.ts';
export { goldenToServer } from './to-server.ts';
