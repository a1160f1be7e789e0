/** A Chromium that comes inside an npm package: nothing to download, no root. CHROMIUM names another one. */
import chromium from '@sparticuz/chromium'

export async function launchOptions(): Promise<{ executablePath: string; args: string[] }> {
  const executablePath = process.env.CHROMIUM ?? (await chromium.executablePath())
  return {
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--font-render-hinting=none'],
  }
}
