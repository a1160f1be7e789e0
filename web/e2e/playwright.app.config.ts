import { defineConfig } from '@playwright/test'
import { launchOptions } from './browser.ts'
import { stack } from './stack.ts'

/** The product against a running stack: CLIENTELA_STACK is the path of its stack.json, `.local/stack.json` if not given. */
export default defineConfig({
  testDir: '.',
  testMatch: /app(\.\w+)?\.spec\.ts$/,
  outputDir: './test-results',
  timeout: 150_000,
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: [['list']],
  use: { baseURL: stack.url, launchOptions: await launchOptions(), locale: 'en-GB', trace: 'off' },
})
