import { defineConfig } from 'vitest/config';

const source = { conditions: ['source', 'module', 'browser', 'development|production'] };
const sourceInNode = { conditions: ['source', 'node', 'development|production'] };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: source,
        ssr: { resolve: sourceInNode },
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'] },
      },
      {
        resolve: source,
        ssr: { resolve: sourceInNode },
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
