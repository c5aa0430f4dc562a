export { createGateway, type Gateway, type GatewayParts } from './gateway.ts';
export type { Settings } from './config/settings.ts';
export { createEmbeddedMediaPlane, type EmbeddedMediaOptions } from './media/embedded-media-plane.ts';
export {
  MediaError,
  type MediaCommand,
  type MediaEvent,
  type MediaFailure,
  type MediaPlane,
  type MediaResults,
} from './media/media-plane.ts';
export { systemClock } from './node/clock.ts';
export { mediaProcesses } from './node/media-processes.ts';
