import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources, on both sides of Vite's module graph.
const sources = {
  resolve: { conditions: ['@parley/source', 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: ['@parley/source', 'node', 'development|production'] } },
};

const longTests = '**/*.long.test.ts';
/** What a neighbour at work does not change: nothing of it measures sound closely. They run beside the others. */
const sturdyTests = [
  'tests/{exploration,package,security}/**/*.test.ts',
  'tests/browser/{assistants,authentication,call-reports,connection,destinations,leaks,options,quality,samples,sign-in}.test.ts',
  'tests/conformance/limits.test.ts',
  'tests/console/{accessibility,call-pages}.test.ts',
  'tests/faults/{dismissal,official-reload,server}.test.ts',
];
const minute = 60_000;

const inTurn = { fileParallelism: false, testTimeout: minute, hookTimeout: minute };

export default defineConfig({
  test: {
    // By default two cores get one worker.
    maxWorkers: 2,
    projects: [
      {
        ...sources,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'apps/*/src/**/*.test.{ts,tsx}'],
          exclude: [longTests],
          // Hashes of passwords are slow by intent, and slower on a busy machine.
          testTimeout: 20_000,
        },
      },
      {
        ...sources,
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          exclude: [longTests, ...sturdyTests, '**/node_modules/**'],
          ...inTurn,
        },
      },
      {
        ...sources,
        test: {
          name: 'sturdy',
          include: sturdyTests,
          exclude: [longTests, '**/node_modules/**'],
          ...inTurn,
        },
      },
      {
        ...sources,
        test: {
          name: 'long',
          include: [`{packages,apps,tests}/${longTests}`],
          exclude: ['**/node_modules/**'],
          ...inTurn,
          testTimeout: 30 * minute,
        },
      },
    ],
  },
});
