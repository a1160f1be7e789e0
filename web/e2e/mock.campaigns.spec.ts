import { expect, test, type Page } from '@playwright/test'
import { fits, inspect, open, setTheme, signIn, startIn, watch } from './steps.ts'

const enter = (page: Page): Promise<void> => signIn(page, 'demo@clientela.example', 'Clientela-2026')
/** The id of what the mock calls so. */
async function named(page: Page, path: string, name: string): Promise<string> {
  return page.evaluate(async ([wanted, start]) => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const answer = (await (await fetch(`/api/v1${wanted}`, { headers: { Authorization: `Bearer ${token}` } })).json()) as { items: { id: string; name: string }[] }
    return answer.items.find((one) => one.name.startsWith(start))?.id ?? ''
  }, [path, name] as const)
}
const campaign = (page: Page, name: string): Promise<string> => named(page, '/campaigns', name)
const segment = (page: Page, name: string): Promise<string> => named(page, '/segments', name)

for (const language of ['es', 'en'] as const) {
  test(`every screen of campaigns is clean, in both themes and on a phone (${language})`, async ({ page }) => {
    test.setTimeout(600_000)
    const seen = watch(page, 'http://127.0.0.1')
    await startIn(page, language)
    await enter(page)
    const [draft, tested, planned, rhythm, done] = [await campaign(page, 'Black'), await campaign(page, 'Dos'), await campaign(page, 'Invit'), await campaign(page, 'Resumen'), await campaign(page, 'Boletín de nov')]
    const screens = [
      '/campaigns', ...['audience', 'content', 'delivery', 'review'].map((step) => `/campaigns/${draft}/edit?step=${step}`), `/campaigns/${tested}`, `/campaigns/${planned}`, `/campaigns/${rhythm}`,
      `/campaigns/${done}`, `/campaigns/${done}?tab=recipients`, `/campaigns/${done}?tab=parked`,
    ]
    const looks = language === 'es' ? ([[1440, 'light'], [360, 'light']] as const) : ([[1440, 'dark'], [390, 'dark']] as const)
    for (const [width, theme] of looks) {
      await page.setViewportSize({ width, height: 800 })
      await setTheme(page, theme)
      for (const path of screens) {
        // The wizard reads its step from the address once: another screen comes between two of them.
        if (path.includes('step=')) await open(page, '/segments')
        await open(page, path)
        if (width < 500) await fits(page, `${path} ${width}`)
        else await inspect(page, `${path} ${theme}`)
      }
    }
    seen.check()
  })
}

test('the wizard: audience with what it takes out, delivery, test of subjects, cost, sending', async ({ page }) => {
  test.setTimeout(120_000)
  const seen = watch(page, 'http://127.0.0.1')
  await startIn(page)
  await enter(page)
  await open(page, `/campaigns/new?segment=${await segment(page, 'Quieren')}`)
  const steps = page.getByRole('navigation', { name: 'Steps of the campaign' })
  const who = page.getByRole('complementary', { name: 'Who gets it' })
  await page.getByRole('button', { name: 'Leave somebody out' }).click()
  await page.getByRole('group', { name: 'But not to' }).getByRole('checkbox', { name: /Invitados/ }).check()
  await expect(who).toContainText('less those left out', { timeout: 10_000 })
  await expect(who.locator('.big')).toHaveText(/^\d+$/)

  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Subject').fill('Hello from the wizard')
  await expect(page.getByRole('status').filter({ hasText: 'Saved at' })).toBeVisible({ timeout: 10_000 })
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText('Test sent')
  await page.getByRole('button', { name: 'Translate' }).click()
  await page.getByRole('menuitem', { name: 'English', exact: true }).click()
  await expect(page.getByText('For contacts whose language is English')).toBeVisible()

  await steps.getByRole('button', { name: /Delivery/ }).click()
  await page.getByRole('checkbox', { name: /Only within a window/ }).check()
  await page.getByRole('checkbox', { name: /Try variants first/ }).check()
  await page.getByLabel('Subject · Spanish').fill('Otra manera')
  await page.getByLabel('Subject · English').fill('Another way')
  await page.getByText('At a date and time', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Date and time' }).fill('2020-01-01T10:00')
  await expect(page.getByText('That time has passed.')).toBeVisible()
  await page.getByText('Now', { exact: true }).click()
  await inspect(page, 'delivery')

  await page.getByRole('button', { name: 'Next' }).click()
  const cost = page.getByRole('complementary', { name: 'Send' })
  await expect(cost).toContainText('estimated cost')
  await expect(cost).toContainText('E-mails')
  await expect(page.locator('main')).toContainText('A / B on 20% of the audience')
  await inspect(page, 'review')
  await cost.getByRole('button', { name: /^Send to/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Send to/ }).click()
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.locator('.page-head')).toContainText('Paused')
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.locator('.page-head')).toContainText('Finished', { timeout: 60_000 })
  // Every row is in exactly one state, so the bar adds up.
  const parts = await page.getByRole('list', { name: 'Everybody by state' }).locator('b').allInnerTexts()
  const numbers = parts.map((one) => Number(one.replaceAll(',', '')))
  expect(numbers.slice(0, -1).reduce((sum, one) => sum + one, 0)).toBe(numbers.at(-1))
  seen.check()
})

test('two people write one campaign: what does not touch holds, what does is asked', async ({ page }) => {
  await startIn(page)
  await enter(page)
  const id = await campaign(page, 'Black')
  await open(page, `/campaigns/${id}/edit?step=content`)
  await expect(page.getByLabel('Subject')).toHaveValue('Solo este fin de semana')
  const elsewhere = (change: Record<string, unknown>): Promise<void> => page.evaluate(async ([campaignId, values]) => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const { version } = (await (await fetch(`/api/v1/campaigns/${campaignId}`, { headers })).json()) as { version: number }
    await fetch(`/api/v1/campaigns/${campaignId}`, { method: 'PATCH', headers, body: JSON.stringify({ ...values, version }) })
  }, [id, change] as const)
  await elsewhere({ preheader: 'Theirs beside' })
  await page.getByLabel('Subject').fill('Mine')
  await expect(page.locator('.toasts')).toContainText('both changes hold', { timeout: 10_000 })
  await expect(page.getByLabel('Preheader')).toHaveValue('Theirs beside')
  await elsewhere({ subject: 'Theirs' })
  await page.getByLabel('Subject').fill('Mine again')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Theirs', { timeout: 10_000 })
  await dialog.getByRole('button', { name: 'Keep what is saved' }).click()
  await expect(page.getByLabel('Subject')).toHaveValue('Theirs')
})

test('a campaign that waits for its time is given another', async ({ page }) => {
  await startIn(page)
  await enter(page)
  await open(page, `/campaigns/${await campaign(page, 'Invit')}`)
  await page.getByRole('button', { name: 'Change time' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change time' })
  await inspect(page, 'change time')
  await dialog.getByLabel('Date and time').fill('2020-01-01T10:00')
  await expect(dialog).toContainText('That time has passed.')
  await expect(dialog.getByRole('button', { name: 'Change time' })).toBeDisabled()
  await dialog.getByLabel('Date and time').fill(`${new Date().getFullYear() + 1}-03-15T10:20`)
  await dialog.getByRole('button', { name: 'Change time' }).click()
  await expect(page.locator('.toasts')).toContainText('Time changed')
  await expect(page.locator('main')).toContainText('Mar 15')
})

test('what nobody knows is decided; a winner is picked', async ({ page }) => {
  await startIn(page)
  await enter(page)
  const done = await campaign(page, 'Boletín de nov')
  await open(page, `/campaigns/${done}?tab=recipients&state=suppressed`)
  await expect(page.locator('[role=table] .line').first()).toContainText('Skipped')
  await page.getByRole('tab', { name: /To decide/ }).click()
  await expect(page.locator('[role=table] .line')).toHaveCount(3)
  await page.getByRole('button', { name: /^It was sent:/ }).first().click()
  await expect(page.locator('[role=table] .line')).toHaveCount(2)
  await page.locator('[role=table] .box input').first().check()
  await page.getByRole('button', { name: 'Send again', exact: true }).first().click()
  await expect(page.getByRole('dialog')).toContainText('they get it twice')
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
  await expect(page.locator('.toasts')).toContainText('2 will be sent again')

  await open(page, `/campaigns/${await campaign(page, 'Dos')}`)
  await expect(page.locator('main')).toContainText('the rest waits for the winner')
  await page.getByRole('button', { name: 'Take this one B' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take this one' }).click()
  await expect(page.locator('main')).toContainText('Picked by hand')
  await expect(page.getByRole('row', { name: /Winner/ })).toContainText('guardamos sitio')
})
