import { expect, test } from '@playwright/test'
import { inspect, open, setTheme, signIn, startIn, watch } from './steps.ts'
import { stack } from './stack.ts'

/**
 * The main job in a real browser on a running stack: a lead comes in, is looked at, gets into a segment and receives a campaign;
 * the report is sent; every screen on the way is clean in both themes.
 */
test.describe.configure({ mode: 'serial' })
const mark = Date.now().toString(36)
const lead = { email: `lucia.${mark}@visita.example`, first_name: 'Lucía', last_name: `Prueba${mark}` }
const subject = `Hola ${mark}`

test.beforeEach(async ({ page }) => {
  await startIn(page)
})

test('a visitor sends the form, the lead shows in the inbox and its contact has a timeline', async ({ page, browser }) => {
  const seen = watch(page, stack.url)
  await page.goto('/')
  await inspect(page, 'sign-in')
  await signIn(page, stack.user.email, stack.user.password)
  await open(page, '/leads')
  await expect(page.locator('[role=table] .line').first()).toBeVisible()

  // The embed script on a page of somebody else's, in a window of its own.
  const visitor = await browser.newPage({ locale: 'es-ES' })
  await visitor.route('https://blog.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><html lang="es"><title>Blog</title><main><h1>Blog</h1><script src="${stack.url}/embed/form.js" data-form="${stack.form_key}" async></script></main></html>` }),
  )
  await visitor.goto('https://blog.example/guia?utm_source=boletin&utm_campaign=e2e')
  await visitor.locator('.clientela-form input[name=email]').fill(lead.email)
  await visitor.locator('.clientela-form input[name=first_name]').fill(lead.first_name)
  await visitor.locator('.clientela-form input[name=last_name]').fill(lead.last_name)
  for (const box of await visitor.locator('.clientela-form input[data-consent]').all()) await box.check()
  // People take longer than three seconds; faster posts are refused.
  await visitor.waitForTimeout(3_500)
  await visitor.locator('.clientela-form button[type=submit]').click()
  await expect(visitor.locator('.clientela-form [role=status]')).toBeFocused()
  await expect(visitor.locator('.clientela-form form')).toHaveCount(0)
  await visitor.close()

  await page.bringToFront()
  const row = page.locator('[role=table] .line', { hasText: lead.last_name })
  await expect(row).toBeVisible({ timeout: 20_000 })
  await expect(row).toContainText('boletin')
  await row.click()
  const panel = page.getByRole('complementary')
  await expect(panel).toContainText(lead.email)
  await expect(panel.locator('.history li').first()).toBeVisible({ timeout: 15_000 })
  await inspect(page, 'lead')
  await panel.getByRole('button', { name: 'Start working' }).click()
  await expect(panel).toContainText('Working')
  await expect(page.locator('.toasts')).toContainText('Undo')
  await panel.getByRole('link', { name: 'Open contact' }).click()
  await expect(page.locator('main h1')).toContainText(lead.last_name)
  // The timeline follows a moment after what was written.
  await expect(async () => {
    await page.reload()
    await expect(page.locator('ol li', { hasText: 'Submitted a form' }).first()).toBeVisible({ timeout: 8_000 })
  }).toPass({ timeout: 60_000 })
  await expect(page.getByRole('region', { name: 'Related' })).toContainText('Granted')
  await page.getByRole('form', { name: 'Write in the timeline' }).getByRole('textbox').fill('Met in the browser test')
  await page.getByRole('button', { name: 'Add note' }).click()
  await expect(page.locator('ol li', { hasText: 'Met in the browser test' })).toBeVisible()
  await inspect(page, 'contact')
  seen.check()
})

test('a segment of one, a campaign to it, test, send, finished, and the mail', async ({ page, request }) => {
  const seen = watch(page, stack.url)
  await signIn(page, stack.user.email, stack.user.password)
  await open(page, '/segments/new')
  await page.getByLabel('Name').fill(`Browser ${mark}`)
  await page.getByText('Fixed list').click()
  const find = page.locator('main').getByRole('combobox', { name: 'Find contacts to add' })
  await expect(async () => {
    await find.fill('')
    await find.pressSequentially(lead.last_name)
    await expect(page.locator('main [role=option]').first()).toContainText(lead.last_name, { timeout: 3_000 })
  }).toPass({ timeout: 25_000 })
  await page.locator('main [role=option]').first().click()
  await inspect(page, 'new segment')
  await page.locator('main').getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.locator('main h1')).toHaveText(`Browser ${mark}`)
  await expect(page.locator('[role=table] .line')).toHaveCount(1, { timeout: 20_000 })

  await page.getByRole('link', { name: 'Write to them' }).click()
  await inspect(page, 'campaign audience')
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await page.getByLabel('Subject', { exact: true }).fill(subject)
  await page.getByRole('combobox', { name: 'Format' }).selectOption('mjml')
  await expect(page.locator('.look iframe')).toBeVisible({ timeout: 45_000 })
  await inspect(page, 'campaign content')
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByLabel('To', { exact: true }).fill(`test.${mark}@clientela.example`)
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
  await expect(page.locator('.toasts')).toContainText('Test sent', { timeout: 45_000 })
  await page.getByRole('navigation', { name: 'Steps of the campaign' }).getByRole('button', { name: /check and send/ }).click()
  const send = page.getByRole('complementary', { name: 'Send' })
  await expect(send).toContainText('estimated cost', { timeout: 45_000 })
  await inspect(page, 'review')
  await send.getByRole('button', { name: 'Send to 1' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send to 1' }).click()
  await expect(page.locator('.page-head')).toContainText('Finished', { timeout: 60_000 })
  await page.getByRole('tab', { name: 'Recipients' }).click()
  await expect(page.locator('[role=table] .line', { hasText: lead.email })).toBeVisible()
  await inspect(page, 'campaign')

  await expect(async () => {
    const mails = (await (await request.get(`${stack.mail_url}/email`)).json()) as { subject: string; to: { address: string }[]; headers: Record<string, string> }[]
    const mail = mails.find((one) => one.to.some((to) => to.address === lead.email))
    expect(mail?.subject).toBe(subject)
    expect(mail?.headers['list-unsubscribe-post']).toContain('One-Click')
    expect(mails.some((one) => one.to.some((to) => to.address === `test.${mark}@clientela.example`))).toBe(true)
  }).toPass({ timeout: 20_000 })
  seen.check()
})

test('the report is made and delivered', async ({ page }) => {
  await signIn(page, stack.user.email, stack.user.password)
  await open(page, '/reports')
  await expect(page.getByRole('heading', { name: 'Leads by day' })).toBeVisible()
  const before = await page.locator('.runs li').count()
  await page.getByRole('button', { name: 'Send now' }).click()
  await expect(page.locator('.toasts')).toContainText('Weekly report')
  await expect(async () => expect(await page.locator('.runs li').count()).toBeGreaterThan(Math.min(before, 19))).toPass()
  await expect(page.locator('.runs li').first()).toContainText('Delivered', { timeout: 45_000 })
  await expect(page.locator('.runs li').first().getByRole('link', { name: 'CSV' })).toBeVisible()
})

test('every screen is clean in both themes; language and theme stay after a reload', async ({ page }) => {
  test.setTimeout(300_000)
  const seen = watch(page, stack.url)
  await signIn(page, stack.user.email, stack.user.password)
  const screens = ['/', '/leads', '/contacts', '/companies', '/duplicates', '/imports', '/imports/new', '/exports', '/deals', '/segments', '/segments/new', '/campaigns', '/campaigns/new', '/templates', '/templates/gallery', '/templates/images', '/templates/brand', '/forms', `/forms/${stack.form_key}`, `/forms/${stack.form_key}/share`, '/reports', '/settings/workspace', '/settings/members', '/settings/keys', '/settings/scoring', '/settings/fields', '/settings/purposes', '/settings/sending', '/settings/suppressions', '/settings/messages', '/settings/prices', '/settings/retention']
  await page.setViewportSize({ width: 1280, height: 560 })
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme)
    for (const path of screens) {
      await open(page, path)
      await inspect(page, `${path} ${theme}`)
    }
  }
  await page.getByRole('button', { name: 'Your account' }).click()
  await page.getByRole('menuitemradio', { name: 'Español' }).click()
  await page.getByRole('button', { name: 'Tu cuenta' }).click()
  await page.getByRole('menuitemradio', { name: 'Oscuro' }).click()
  await page.reload()
  await expect(page.locator('main h1')).toHaveText('Ajustes')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  seen.check()
})
