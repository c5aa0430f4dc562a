export { createGateway, type Gateway } from './gateway.ts';
export type { Settings } from './config/settings.ts';
