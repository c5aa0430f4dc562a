import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources, on both sides of Vite's module graph.
const sources = {
  resolve: { conditions: ['@parley/source', 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: ['@parley/source', 'node', 'development|production'] } },
};

const longTests = '**/*.long.test.ts';
const minute = 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        ...sources,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'apps/*/src/**/*.test.{ts,tsx}'],
          exclude: [longTests],
        },
      },
      {
        ...sources,
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          exclude: [longTests, '**/node_modules/**'],
          fileParallelism: false,
          testTimeout: minute,
          hookTimeout: minute,
        },
      },
      {
        ...sources,
        test: {
          name: 'long',
          include: [`{packages,apps,tests}/${longTests}`],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 30 * minute,
          hookTimeout: minute,
        },
      },
    ],
  },
});
