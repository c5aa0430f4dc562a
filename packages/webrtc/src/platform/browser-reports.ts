import type { ReportPorts } from './ports.ts';

/** A server that has not answered by then is asked again. */
const ANSWER_MS = 20_000;

/** Loaded with what makes reports. */
export function browserReports(): ReportPorts {
  return {
    post: async ({ body, headers, url }, keepalive) => {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const init = { method: 'POST', headers, body, keepalive, signal, credentials: 'omit' } as const;
      const { status } = await fetch(url, init);
      return status;
    },
    download: (name, text) => {
      const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => {
        URL.revokeObjectURL(url);
      }, 60_000);
    },
  };
}
