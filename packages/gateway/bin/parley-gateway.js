#!/usr/bin/env node
import { existsSync } from 'node:fs';

if (existsSync(new URL('../dist/node/cli.js', import.meta.url))) {
  await import('../dist/node/cli.js');
} else {
  console.error('The gateway is not built yet: run npm run build in the repository.');
  process.exitCode = 1;
}
