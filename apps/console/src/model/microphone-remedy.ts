export type BrowserFamily = 'chromium' | 'firefox' | 'safari' | 'other';

/** From `navigator.userAgent`; only words depend on it, never behaviour. */
export function browserFamily(userAgent: string): BrowserFamily {
  if (/firefox|fxios/i.test(userAgent)) return 'firefox';
  if (/chrom(e|ium)|crios|edg/i.test(userAgent)) return 'chromium';
  if (/safari/i.test(userAgent)) return 'safari';
  return 'other';
}

const REMEDIES: Record<BrowserFamily, string> = {
  chromium: 'Click the icon at the left of the address, switch “Microphone” on, then call again.',
  firefox: 'Click the crossed-out microphone at the left of the address, remove “Blocked”, then call again.',
  safari: 'Choose Safari › Settings for This Website, set Microphone to “Allow”, then call again.',
  other: 'Allow the microphone for this page in the settings of your browser, then call again.',
};

/** How to take back a “no” to the microphone. */
export function microphoneRemedy(family: BrowserFamily): string {
  return REMEDIES[family];
}
