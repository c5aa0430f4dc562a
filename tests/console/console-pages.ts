import { type ViteDevServer, createServer } from 'vite';

const folder = new URL('../../apps/console/', import.meta.url).pathname;

/** The console's pages from their sources, without a gateway. */
export interface ConsolePages {
  /** The page in a state that `apps/console/src/testing/fixture-page.tsx` makes. */
  url(state: string, fragment?: string): string;
  /** The text of an exported file of a call that nobody made: `madeUpCall`, `eventfulCall`, or an `officialReport`. */
  madeUpFile(maker: string, options?: object): Promise<string>;
  close(): Promise<void>;
}

export async function serveConsolePages(): Promise<ConsolePages> {
  const server: ViteDevServer = await createServer({
    configFile: `${folder}vite.config.ts`,
    server: { host: '127.0.0.1', port: 0, watch: null, hmr: false },
    logLevel: 'error',
  });
  await server.listen();
  return {
    url: (state, fragment = '') =>
      `${server.resolvedUrls?.local[0] ?? ''}fixtures.html?${state}${fragment === '' ? '' : `#${fragment}`}`,
    async madeUpFile(name, options) {
      const makers: Record<string, unknown> = {
        ...(await server.ssrLoadModule('/src/testing/made-up-call.ts')),
        ...(await server.ssrLoadModule('/src/testing/official-report.ts')),
      };
      const maker = makers[name];
      if (typeof maker !== 'function') throw new Error(`Nothing makes a call by the name ${name}.`);
      return JSON.stringify(Reflect.apply(maker, undefined, [options]));
    },
    close: () => server.close(),
  };
}
