/** A Chromium that comes inside an npm package: nothing to download, no root. CHROMIUM names another one. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import chromium, { inflate, setupLambdaEnvironment } from '@sparticuz/chromium'

const SYSTEM = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib']

export async function launchOptions(): Promise<{ executablePath: string; args: string[] }> {
  const executablePath = process.env.CHROMIUM ?? (await chromium.executablePath())
  if (!process.env.CHROMIUM && !SYSTEM.some((folder) => existsSync(join(folder, 'libnss3.so')))) {
    // The one library a bare Debian lacks comes in the package, too.
    const main = createRequire(import.meta.url).resolve('@sparticuz/chromium')
    await inflate(join(dirname(main), '..', 'bin', 'al2023.tar.br'))
    setupLambdaEnvironment(join(tmpdir(), 'al2023', 'lib'))
  }
  return {
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
      // A made-up public page loads the form from localhost, which browsers ask people about.
      '--disable-features=LocalNetworkAccessChecks', '--font-render-hinting=none'],
  }
}
