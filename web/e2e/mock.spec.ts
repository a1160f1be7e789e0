import { expect, test, type Page } from '@playwright/test'
import { fits, inspect, open, setTheme, signIn, startIn, watch } from './steps.ts'

const USER = 'demo@clientela.example'
const PASSWORD = 'Clientela-2026'
const enter = (page: Page): Promise<void> => signIn(page, USER, PASSWORD)

test.beforeEach(async ({ page }) => {
  await startIn(page)
})

test('signs in, refuses a wrong password, takes a first password, and resets a forgotten one', async ({ page }) => {
  await page.goto('/')
  await inspect(page, 'sign-in')
  await page.getByLabel('E-mail').fill(USER)
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('not right')
  await page.getByRole('button', { name: 'I forgot my password' }).click()
  await page.getByRole('button', { name: 'Send code' }).click()
  await page.getByLabel('Code').fill('123456')
  await page.getByLabel('New password').fill('Another-2026-x')
  await page.getByLabel('Repeat').fill('Another-2026-x')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page.getByRole('status').first()).toContainText('Password changed')
  await page.getByLabel('E-mail').fill('nueva@clientela.example')
  await page.getByLabel('Password').fill('Temporal-1')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('New password').fill('short')
  await page.getByLabel('Repeat').fill('short')
  await expect(page.getByRole('heading', { name: 'Choose your password' })).toBeVisible()
  await page.getByLabel('New password').fill('Mine-alone-2026')
  await page.getByLabel('Repeat').fill('Mine-alone-2026')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page.locator('main h1')).toContainText('Elena')
})

test('every screen is clean in both themes and fits a phone', async ({ page }) => {
  test.setTimeout(300_000)
  const seen = watch(page, 'http://127.0.0.1')
  await enter(page)
  const ids = await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const get = async (path: string): Promise<{ items: Record<string, string>[] }> => (await fetch(`/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } })).json()
    return { lead: (await get('/leads')).items[1]?.id, contact: (await get('/contacts')).items[1]?.id, form: (await get('/forms')).items[0]?.form_key }
  })
  const screens = ['/', '/leads', `/leads/${ids.lead}`, '/contacts', `/contacts/${ids.contact}`, '/companies', '/deals', '/forms', `/forms/${ids.form}`, `/forms/${ids.form}/share`, `/forms/${ids.form}/submissions`, '/reports', '/settings/workspace', '/settings/members', '/settings/keys', '/settings/scoring', '/nowhere']
  for (const [width, theme] of [[1280, 'light'], [1280, 'dark'], [360, 'light']] as const) {
    await page.setViewportSize({ width, height: width === 360 ? 800 : 520 })
    await setTheme(page, theme)
    for (const path of screens) {
      await open(page, path)
      if (width === 360) await fits(page, `${path} ${width}`)
      else await inspect(page, `${path} ${theme}`)
    }
  }
  seen.check()
})

test('the inbox: few rows for many records, keys, change of status with undo, news by itself', async ({ page, context }) => {
  await enter(page)
  await open(page, '/leads')
  const rows = page.locator('[role=table] .line')
  await expect(rows.first()).toBeVisible()
  const view = page.locator('.view')
  for (let step = 0; step < 12; step++) {
    await view.evaluate((element) => (element.scrollTop = element.scrollHeight))
    await page.waitForTimeout(120)
  }
  expect(Number(await page.locator('.rows').evaluate((element) => element.clientHeight / 42))).toBeGreaterThan(300)
  expect(await rows.count()).toBeLessThan(60)
  await view.evaluate((element) => (element.scrollTop = 0))
  await rows.nth(1).click()
  const panel = page.getByRole('complementary')
  const name = await panel.getByRole('heading').first().innerText()
  await page.keyboard.press('j')
  await expect(panel.getByRole('heading').first()).not.toHaveText(name)
  await page.keyboard.press('k')
  await expect(panel.getByRole('heading').first()).toHaveText(name)
  await panel.getByRole('button', { name: 'Disqualify' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disqualify' }).click()
  await expect(panel).toContainText('No budget')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(panel.getByText('Disqualified')).toHaveCount(0)

  const form = await context.newPage()
  await form.goto('/f/frm_contacto?utm_source=boletin')
  await form.getByLabel('Correo electrónico').fill('llega@nueva.example')
  await form.getByRole('button', { name: 'Enviar' }).click()
  await expect(form.getByText('Este campo es obligatorio.')).toBeVisible()
  await form.getByLabel('Nombre').fill('Recién')
  await form.getByLabel('CRM').check()
  await form.getByRole('button', { name: 'Enviar' }).click()
  await expect(form.getByText('Gracias. Te escribimos hoy mismo.')).toBeFocused()
  await page.bringToFront()
  await expect(page.locator('.line.fresh').first()).toContainText('Recién', { timeout: 10_000 })
  await expect(page.locator('[aria-live=polite]').filter({ hasText: 'One new lead' })).toBeAttached()
})

test('two people, one change: mine or theirs', async ({ page }) => {
  await enter(page)
  await open(page, '/contacts')
  await page.locator('[role=table] .line').nth(3).locator('a').click()
  await expect(page.getByLabel('First name')).toBeVisible()
  await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const path = `/api/v1/contacts/${location.hash.split('/')[2]}`
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const { version } = (await (await fetch(path, { headers })).json()) as { version: number }
    await fetch(path, { method: 'PATCH', headers, body: JSON.stringify({ first_name: 'Theirs', version }) })
  })
  await page.getByLabel('First name').fill('Mine')
  await page.getByLabel('First name').press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Theirs')
  await inspect(page, 'conflict')
  await dialog.getByRole('button', { name: 'Save mine' }).click()
  await expect(page.locator('main h1')).toContainText('Mine')
})

test('palette, search, shortcuts, language and theme', async ({ page }) => {
  await enter(page)
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog')
  await palette.getByRole('combobox').fill('nuñez')
  await palette.getByRole('combobox').fill('cafe andi')
  await expect(palette.getByRole('option').first()).toContainText('Café Andino')
  await inspect(page, 'palette')
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  await expect(page.locator('.global-search input')).toBeFocused()
  await page.locator('.global-search input').blur()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('Keyboard shortcuts')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await expect(page.locator('main h1')).toHaveText('Weekly report')
  await page.getByRole('button', { name: /Your account/ }).click()
  await page.getByRole('menuitemradio', { name: 'Español' }).click()
  await expect(page.locator('main h1')).toHaveText('Informe semanal')
  await page.getByRole('button', { name: /Tu cuenta/ }).click()
  await page.getByRole('menuitemradio', { name: 'Oscuro' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
})

test('a viewer sees no way to change things', async ({ page }) => {
  await enter(page)
  await page.getByRole('button', { name: /^Workspace/ }).click()
  await page.getByRole('menuitemradio', { name: /Hotel Mirador/ }).click()
  await expect(page.getByRole('button', { name: 'Create' })).toHaveCount(0)
  await open(page, '/campaigns')
  await expect(page.getByRole('link', { name: 'New campaign' })).toHaveCount(0)
  await open(page, '/settings')
  await expect(page.getByRole('navigation').getByRole('link', { name: 'API keys' })).toHaveCount(0)
})

test('says when the connection is gone and comes back', async ({ page }) => {
  await enter(page)
  await page.route('**/api/v1/**', (route) => route.abort())
  await page.evaluate(() => (location.hash = '/segments'))
  await expect(page.locator('.offline')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.unroute('**/api/v1/**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.locator('[role=table]')).toBeVisible()
  await expect(page.locator('.offline')).toHaveCount(0)
})
