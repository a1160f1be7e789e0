import { defineConfig } from '@playwright/test'
import { launchOptions } from './browser.ts'
import { stack } from './stack.ts'

/** The product against a running stack: E2E_URL, and STACK_JSON (the path of .local/stack.json) for the demo sign-in. */
export default defineConfig({
  testDir: '.',
  testMatch: 'app.spec.ts',
  outputDir: './test-results',
  timeout: 150_000,
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: [['list']],
  use: { baseURL: stack.url, launchOptions: await launchOptions(), locale: 'en-GB', trace: 'off' },
})
