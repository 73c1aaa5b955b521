import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { markdownGuide } from './guide.ts';

/** Builds into `console/dist`, which `npm start` serves and a deployment puts behind CloudFront. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), markdownGuide()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 800 },
});
