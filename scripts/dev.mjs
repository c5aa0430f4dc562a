/**
 * `npm run dev`: the gateway, begun anew when its code changes, and the console, changed in the open page, which reads
 * the SDK from its sources.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { requireNode } from './node-version.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { build } from './build.mjs';
import { root } from './run.mjs';

requireNode();
const { values } = parseArgs({
  options: { port: { type: 'string', default: '5173' }, 'gateway-port': { type: 'string', default: '8080' } },
});
for (const step of [installNpmPackages, () => build(console.log)]) {
  const { ok, output } = await step();
  if (!ok) {
    console.error(output);
    process.exit(1);
  }
}

const children = [
  start(`${root}node_modules/typescript/bin/tsc`, [
    '-b',
    'packages/gateway',
    '--watch',
    '--preserveWatchOutput',
  ]),
  start('--watch', [
    '--watch-preserve-output',
    `${root}packages/gateway/dist/node/cli.js`,
    'start',
    '--demo',
    ...['--port', values['gateway-port']],
    ...['--drain-seconds', '0'],
  ]),
];
const console_ = await serveConsole();
console_.printUrls();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of children) child.kill('SIGTERM');
    void console_.close();
  });
}

function start(program, args) {
  return spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The console's page asks the server that it came from; what is not of the page goes on to the gateway. */
async function serveConsole() {
  const { createServer } = await import('vite');
  const target = `http://127.0.0.1:${values['gateway-port']}`;
  const ofPage = (request) => (request.headers.upgrade === undefined ? request.url : undefined);
  const server = await createServer({
    configFile: `${root}apps/console/vite.config.ts`,
    server: {
      host: '127.0.0.1',
      port: Number(values.port),
      proxy: {
        '/v2': { target },
        '/call_report': { target },
        '/': { target, ws: true, rewriteWsOrigin: true, bypass: ofPage },
      },
    },
  });
  return server.listen();
}
