export { assertLoopbackOnly } from './isolation.ts';
export { type ChromiumOptions, launchChromium } from './chromium.ts';
export { type FirefoxOptions, launchFirefox } from './firefox.ts';
export type { LaunchedBrowser } from './launched-browser.ts';
export { type PageServer, type PageServerOptions, servePages } from './page-server.ts';
export { type ProcessEntry, assertGroupGone, listProcesses, listProcessTree } from './processes.ts';
export { writeToneFile } from './tone-file.ts';
export type { Ear, Moment, Silence } from './page/ear.ts';
export type { Heard } from './page/sound.ts';
