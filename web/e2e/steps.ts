/** What both test suites do with the screens. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Notes requests to other hosts and errors of the page; `check` fails when there were any. */
export function watch(page: Page, ...origins: string[]): { check: () => void } {
  const foreign: string[] = []
  const errors: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!origins.some((origin) => url.startsWith(origin)) && !/^(data|blob|about):/.test(url)) foreign.push(url)
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return {
    check: () => {
      expect(foreign, 'requests to other hosts').toEqual([])
      expect(errors, 'errors of the page').toEqual([])
    },
  }
}

/** The language of who has chosen none yet. */
export async function startIn(page: Page, code: 'en' | 'es' = 'en'): Promise<void> {
  await page.addInitScript((chosen) => {
    try {
      if (!localStorage.getItem('clientela.language')) localStorage.setItem('clientela.language', chosen)
    } catch {
      // Sandboxed previews have no storage.
    }
  }, code)
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/')
  await page.locator('input[name=email]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await page.locator('form button.primary').click()
  // The sign-in page has a heading, too.
  await expect(page.locator('.shell main h1').first()).toBeVisible({ timeout: 45_000 })
}

/** Opens a screen and waits until it has loaded. */
export async function open(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => (location.hash = to), path)
  // Functions start cold, several at once, on a busy machine.
  const timeout = 45_000
  await expect(page.locator('main h1').first()).toBeAttached({ timeout })
  await expect(page.locator('main .skeleton')).toHaveCount(0, { timeout })
}

/** No axe violations and nothing wider than the window. */
export async function inspect(page: Page, name: string): Promise<void> {
  // The screen before this one may have been what `open` saw.
  await expect(page.locator('main h1').first()).toBeVisible({ timeout: 45_000 })
  const look = async () => (await new AxeBuilder({ page }).exclude('iframe').options({ resultTypes: ['violations'] }).analyze()).violations
  let violations = await look()
  for (let again = 0; violations.length && again < 3; again++) {
    // A screen that was still being put together is looked at again; one that is done stays as it is.
    await page.waitForTimeout(1500)
    violations = await look()
  }
  const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target.join(' ')} – ${node.failureSummary?.split('\n').slice(1, 2).join('')}`).slice(0, 3).join(' | ')}`)
  // Soft, so that one run tells of every screen.
  expect.soft(found, `axe on ${name}`).toEqual([])
  await fits(page, name)
}

/** Nothing is wider than the window. */
export async function fits(page: Page, name: string): Promise<void> {
  const over = await page.evaluate(() => {
    const main = document.querySelector('main')
    return Math.max(document.documentElement.scrollWidth - window.innerWidth, main ? main.scrollWidth - main.clientWidth : 0)
  })
  expect.soft(over, `${name} is wider than the window`).toBeLessThanOrEqual(0)
}

export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((next) => {
    localStorage.setItem('clientela.theme', next)
    document.documentElement.dataset.theme = next
  }, theme)
}
