import { defineConfig } from 'vite'

/** The form script that other people's pages load: one self-contained file, no dependency, ES2018. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2018',
    outDir: 'dist/embed',
    emptyOutDir: true,
    reportCompressedSize: false,
    lib: { entry: 'src/embed/form.ts', formats: ['iife'], name: 'ClientelaForm', fileName: () => 'form.js' },
  },
})
