/// <reference types="vitest/config" />
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// The address of a running Clientela (or of the mock, `npm run mock`) that `npm run dev` forwards the API to.
const target = process.env.CLIENTELA_URL ?? 'http://localhost:8080'

export default defineConfig(({ mode }) => ({
  // Relative addresses: the bundle works from any path of the site bucket.
  base: './',
  plugins: [svelte()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, manifest: true },
  // Component tests run against the browser build of Svelte.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  server: { proxy: { '/api': target, '/f': target, '/embed': target } },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
}))
