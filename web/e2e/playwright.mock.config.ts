import { defineConfig } from '@playwright/test'
import { launchOptions } from './browser.ts'

const PORT = Number(process.env.PORT ?? 4199)

/** The screens against the mock API: no cloud needed. The SPA has to be built first. */
export default defineConfig({
  testDir: '.',
  testMatch: /mock(\.\w+)?\.spec\.ts$/,
  outputDir: './test-results',
  timeout: 60_000,
  expect: { timeout: 8_000 },
  workers: 1,
  reporter: [['list']],
  use: { baseURL: `http://127.0.0.1:${PORT}`, launchOptions: await launchOptions(), locale: 'en-GB', trace: 'off' },
  webServer: { command: 'node mock/server.mjs', url: `http://127.0.0.1:${PORT}/`, env: { PORT: String(PORT) }, reuseExistingServer: false },
})
