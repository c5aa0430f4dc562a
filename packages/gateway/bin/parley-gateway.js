#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A clone of the repository has the bundle, which loads faster; a package has the files that it is made of.
const entry = ['../lib/node/cli.js', '../dist/node/cli.js']
  .map((file) => new URL(file, import.meta.url))
  .find((file) => existsSync(file));
if (entry === undefined) {
  console.error('The gateway is not built yet: run npm run build in the repository.');
  process.exitCode = 1;
} else {
  await import(entry.href);
}
