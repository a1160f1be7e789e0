import { defineConfig } from 'vite'

/** The script for the pages of a campaign's goal, beside the form script (vite.embed.config.ts, which is built first). */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2018',
    outDir: 'dist/embed',
    emptyOutDir: false,
    reportCompressedSize: false,
    lib: { entry: 'src/embed/goal.ts', formats: ['iife'], name: 'ClientelaGoal', fileName: () => 'goal.js' },
  },
})
