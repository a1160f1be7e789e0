import { expect, test, type Locator, type Page } from '@playwright/test'
import { inspect, open, signIn, watch } from './steps.ts'
import { stack } from './stack.ts'

/** A day of selling on a running stack: leads become deals, cards move by mouse and by keys, a deal is won, a task comes again. */
test.describe.configure({ mode: 'serial' })
const mark = Date.now().toString(36)
const dialog = (page: Page): Locator => page.getByRole('dialog')
const card = (page: Page, title: string): Locator => page.locator('.board .card', { hasText: title })
const columnOf = (page: Page, title: string): Promise<string | null | undefined> => card(page, title).evaluate((found) => found.closest('section')?.getAttribute('aria-label'))

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    try {
      if (!localStorage.getItem('clientela.language')) localStorage.setItem('clientela.language', 'en')
    } catch {
      // Sandboxed previews have no storage.
    }
  })
  await page.setViewportSize({ width: 1440, height: 860 })
  await signIn(page, stack.user.email, stack.user.password)
})
async function makeDeal(page: Page, title: string, amount: string): Promise<void> {
  await page.keyboard.press('c')
  await page.getByRole('option', { name: 'New deal' }).click()
  await dialog(page).getByLabel('Deal', { exact: true }).fill(title)
  await dialog(page).getByLabel('Amount').fill(amount)
  await dialog(page).getByLabel('Expected close').fill('2027-03-01')
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText(`“${title}” created`)
}

test('cards move by mouse and by keys, stay where they were put, and one is won', async ({ page }) => {
  const seen = watch(page, stack.url)
  const [one, two] = [`Mouse ${mark}`, `Keys ${mark}`]
  await open(page, '/deals')
  await expect(page.locator('.board > section').first()).toBeVisible()
  await makeDeal(page, one, '1200')
  await makeDeal(page, two, '800')
  await expect(card(page, one)).toBeVisible()
  const columns = page.locator('.board > section')
  const names = await columns.evaluateAll((found) => found.map((each) => each.getAttribute('aria-label')))
  expect(names.length).toBeGreaterThan(2)

  const [from, to] = [await card(page, one).boundingBox(), await columns.nth(1).boundingBox()]
  if (!from || !to) throw new Error('nothing to drag, or nowhere to')
  await page.mouse.move(from.x + 60, from.y + 20)
  await page.mouse.down()
  await page.mouse.move(from.x + 70, from.y + 28, { steps: 4 })
  await page.mouse.move(to.x + to.width / 2, to.y + 110, { steps: 14 })
  await page.waitForTimeout(150)
  await page.mouse.up()
  await expect.poll(() => columnOf(page, one)).toBe(names[1])
  await expect(page.locator('.toasts')).toContainText(`Moved to ${names[1]}`)

  await card(page, two).focus()
  await page.keyboard.press('Alt+ArrowRight')
  await expect.poll(() => columnOf(page, two)).toBe(names[1])
  await page.keyboard.press('m')
  await dialog(page).getByText(names[0] ?? '', { exact: true }).click()
  await dialog(page).getByRole('button', { name: 'Move', exact: true }).click()
  await expect.poll(() => columnOf(page, two)).toBe(names[0])
  // It is shown at once, and kept a moment later.
  await expect(page.locator('.toasts')).toContainText(`Moved to ${names[0]}`)

  await page.reload()
  await expect(card(page, one)).toBeVisible()
  expect(await columnOf(page, one)).toBe(names[1])
  expect(await columnOf(page, two)).toBe(names[0])

  await card(page, one).getByRole('button', { name: `Actions for ${one}` }).click()
  await page.getByRole('menuitem', { name: 'Mark as won' }).click()
  await dialog(page).getByLabel('What decided it').fill('The demo')
  await dialog(page).getByRole('button', { name: 'Mark as won' }).click()
  await expect(page.locator('.toasts')).toContainText('is won!')
  await expect(card(page, one)).toHaveCount(0)
  await open(page, '/deals?as=table&status=won')
  await expect(page.locator('[role=table] .line', { hasText: one })).toBeVisible()
  await page.locator('[role=table] .line', { hasText: one }).click()
  await expect(page.locator('.notice')).toContainText('Won: The demo')
  await page.getByRole('tab', { name: 'Stages' }).click()
  await expect(page.locator('ol li', { hasText: `Moved to ${names[1]}` })).toBeVisible({ timeout: 20_000 })
  await inspect(page, 'a won deal')
  seen.check()
})

test('a lead written down by hand becomes a customer with a company and a deal', async ({ page }) => {
  const seen = watch(page, stack.url)
  await open(page, '/leads')
  await expect(page.locator('[role=table] .line').first()).toBeVisible()
  await page.keyboard.press('c')
  await page.getByRole('option', { name: 'New lead' }).click()
  await dialog(page).getByLabel('First name').fill('Nora')
  await dialog(page).getByLabel('Last name').fill(`Campo${mark}`)
  await dialog(page).getByLabel('E-mail').fill(`nora.${mark}@campo${mark}.example`)
  await dialog(page).getByLabel('Source').fill('fair')
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click()
  const row = page.locator('[role=table] .line', { hasText: `Campo${mark}` })
  await expect(row).toBeVisible()
  await row.click()
  const panel = page.getByRole('complementary', { name: 'Lead details' })
  await panel.getByRole('button', { name: 'Convert' }).click()
  await dialog(page).getByText('A new one').click()
  await dialog(page).getByLabel('Name of the company').fill(`Campo ${mark}`)
  await dialog(page).getByLabel('Deal', { exact: true }).fill(`Shop for Nora ${mark}`)
  await dialog(page).getByLabel('Amount').fill('2500')
  await dialog(page).getByRole('button', { name: 'Convert', exact: true }).click()
  await expect(panel.getByText('Converted', { exact: true })).toBeVisible()
  await panel.getByRole('link', { name: 'Open deal' }).click()
  await expect(page.locator('main h1')).toHaveText(`Shop for Nora ${mark}`)
  await expect(page.locator('.people')).toContainText(`Campo ${mark}`)
  await expect(page.locator('.people')).toContainText('Nora')
  await inspect(page, 'a deal made of a lead')
  seen.check()
})

test('a task said in words is done and comes again', async ({ page }) => {
  const seen = watch(page, stack.url)
  await open(page, '/tasks')
  const line = page.getByLabel('New task')
  await line.fill(`Call Nora ${mark} every Monday at 10:00`)
  await line.press('Enter')
  const rows = page.locator('.task', { hasText: `Call Nora ${mark}` })
  await expect(rows).toHaveCount(1)
  await expect(rows.first()).toContainText('10:00')
  await page.getByRole('checkbox', { name: `Complete “Call Nora ${mark}”` }).click()
  await expect(page.locator('.toasts')).toContainText('Next: Monday')
  await expect(rows).toHaveCount(2)
  await page.reload()
  await expect(rows).toHaveCount(1)
  await expect(rows.first()).toContainText('10:00')
  await open(page, '/my-day')
  await expect(page.getByRole('heading', { name: 'Meetings today' })).toBeVisible()
  await inspect(page, 'my day')
  seen.check()
})
