import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the console works under any path of the gateway or of a proxy before it.
  base: './',
  plugins: [react()],
  resolve: { conditions: ['@parley/source', ...defaultClientConditions] },
  build: { target: 'es2022', assetsInlineLimit: 0 },
});
