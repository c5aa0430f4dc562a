import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources, on both sides of Vite's module graph.
const sources = {
  resolve: { conditions: ['@parley/source', 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: ['@parley/source', 'node', 'development|production'] } },
};

const longTests = '**/*.long.test.ts';
/** They listen to nothing, so that they may share the machine with those that do. */
const deafTests = 'tests/{package,security}/**/*.test.ts';
const minute = 60_000;

const inTurn = { fileParallelism: false, testTimeout: minute, hookTimeout: minute };

export default defineConfig({
  test: {
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
          exclude: [longTests, deafTests, '**/node_modules/**'],
          ...inTurn,
        },
      },
      {
        ...sources,
        test: {
          name: 'deaf',
          include: [deafTests],
          exclude: ['**/node_modules/**'],
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
