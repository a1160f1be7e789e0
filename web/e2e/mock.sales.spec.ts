import { expect, test, type Locator, type Page } from '@playwright/test'
import { fits, inspect, open, setTheme, signIn, startIn, watch } from './steps.ts'

const USER = 'demo@clientela.example'
const PASSWORD = 'Clientela-2026'
const column = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })
const titles = (cards: Locator): Promise<string[]> => cards.locator('.card .title').allInnerTexts()

async function enter(page: Page, language: 'es' | 'en' = 'en'): Promise<void> {
  await startIn(page, language)
  await signIn(page, USER, PASSWORD)
}
/** Something of the mock's, by its API. */
async function first(page: Page, path: string): Promise<string> {
  return page.evaluate(async (wanted) => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const answer = (await (await fetch(`/api/v1${wanted}`, { headers: { Authorization: `Bearer ${token}` } })).json()) as { items: { id: string }[] }
    return answer.items[0]?.id ?? ''
  }, path)
}
/** Drags with the mouse in small steps, as people do. */
async function drag(page: Page, from: Locator, to: Locator, at: 'top' | 'middle' = 'middle'): Promise<void> {
  const [start, end] = [await from.boundingBox(), await to.boundingBox()]
  if (!start || !end) throw new Error('nothing to drag, or nowhere to')
  await page.mouse.move(start.x + start.width / 2, start.y + 30)
  await page.mouse.down()
  await page.mouse.move(start.x + start.width / 2 + 8, start.y + 36, { steps: 4 })
  await page.mouse.move(end.x + end.width / 2, end.y + (at === 'top' ? 6 : end.height / 2), { steps: 12 })
  await page.waitForTimeout(120)
  await page.mouse.up()
}

for (const language of ['es', 'en'] as const) {
  test(`every screen of sales is clean, in both themes and on a phone (${language})`, async ({ page }) => {
    test.setTimeout(600_000)
    const seen = watch(page, 'http://127.0.0.1')
    await enter(page, language)
    const [deal, quote, issued, lead] = [await first(page, '/deals?status=open'), await first(page, '/quotes?state=pending_approval'), await first(page, '/quotes?state=issued'), await first(page, '/leads?status=qualified')]
    const screens = ['/my-day', '/tasks', '/tasks?state=done', '/leads', `/leads/${lead}`, '/deals', '/deals?as=table', '/deals?as=table&status=won', `/deals/${deal}`, `/deals/${deal}?tab=products`, `/deals/${deal}?tab=quotes`, `/deals/${deal}?tab=history`, '/quotes', `/quotes/${quote}`, `/quotes/${issued}`, '/products', '/forecast', '/forecast/cycle', '/settings/pipelines', '/settings/assignment', '/settings/response', '/settings/approval', '/settings/rates', '/settings/calendar']
    const looks = language === 'es' ? ([[1440, 'light'], [390, 'light']] as const) : ([[1440, 'dark'], [390, 'dark']] as const)
    for (const [width, theme] of looks) {
      await page.setViewportSize({ width, height: 800 })
      await setTheme(page, theme)
      for (const path of screens) {
        await open(page, path)
        if (width === 390) await fits(page, `${path} ${width}`)
        else await inspect(page, `${path} ${theme}`)
      }
    }
    seen.check()
  })
}

test('the board: by mouse, by keys, by dialog; undone, refused, won', async ({ page }) => {
  test.setTimeout(180_000)
  const seen = watch(page, 'http://127.0.0.1')
  await page.setViewportSize({ width: 1440, height: 800 })
  await enter(page)
  await open(page, '/deals')
  const [contacted, meeting, negotiation] = [column(page, 'Contactado'), column(page, 'Reunión'), column(page, 'Negociación')]
  await expect(contacted.locator('.card').first()).toBeVisible()
  const [before] = await titles(contacted)
  const counts = async (): Promise<number[]> => Promise.all([contacted, meeting].map(async (one) => Number(await one.locator('.count').innerText())))
  const [left = 0, right = 0] = await counts()

  // By mouse, above the first card of the next column.
  await drag(page, contacted.locator('.card').first(), meeting.locator('.card').first(), 'top')
  await expect.poll(async () => (await titles(meeting))[0]).toBe(before)
  expect(await counts()).toEqual([left - 1, right + 1])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await titles(contacted))[0]).toBe(before)
  expect(await counts()).toEqual([left, right])

  // By keys: focus goes along, and what happened is said.
  await contacted.locator('.card').first().focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(async () => (await titles(contacted))[1]).toBe(before)
  await page.keyboard.press('Alt+ArrowRight')
  await expect.poll(async () => (await titles(meeting)).includes(before ?? '')).toBe(true)
  await expect(page.locator('[aria-live=assertive]')).toContainText('is now in Reunión')
  await expect(meeting.locator('.card:focus')).toContainText(before ?? '')

  // By dialog, to the end of another stage.
  await page.keyboard.press('m')
  const dialog = page.getByRole('dialog')
  await inspect(page, 'move to')
  await dialog.getByText('Negociación').click()
  await dialog.getByLabel('Place').selectOption('last')
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await expect.poll(async () => (await titles(negotiation)).at(-1)).toBe(before)

  // A stage that asks for something gets it first.
  await meeting.locator('.card', { hasText: 'Catálogo y fotos' }).focus()
  await page.keyboard.press('Alt+ArrowRight')
  await expect(dialog).toContainText('To enter “Propuesta”')
  await dialog.getByLabel('Amount').fill('1500')
  await dialog.getByLabel('Expected close').fill('2027-02-01')
  await inspect(page, 'required fields')
  await dialog.getByRole('button', { name: 'Save and move' }).click()
  await expect(column(page, 'Propuesta').locator('.card', { hasText: 'Catálogo y fotos' })).toBeVisible()

  // Refused: the card goes back.
  await page.route('**/deals/*/move', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"broken","status":500}' }))
  const [stays] = await titles(contacted)
  await contacted.locator('.card').first().focus()
  await page.keyboard.press('Alt+ArrowRight')
  await expect(page.locator('.toasts')).toContainText('Something went wrong')
  await expect.poll(async () => (await titles(contacted))[0]).toBe(stays)
  await page.unroute('**/deals/*/move')

  // Somebody else was quicker: theirs shows, mine can be said again.
  const id = await contacted.locator('.card').first().getAttribute('data-deal')
  await page.evaluate(async (deal) => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const { version } = (await (await fetch(`/api/v1/deals/${deal}`, { headers })).json()) as { version: number }
    await fetch(`/api/v1/deals/${deal}/move`, { method: 'POST', headers, body: JSON.stringify({ stage_id: 'negociacion', version }) })
  }, id)
  await contacted.locator('.card').first().focus()
  await page.keyboard.press('Alt+ArrowRight')
  await expect(negotiation.locator(`[data-deal="${id}"]`)).toBeVisible()
  await page.getByRole('button', { name: 'Move anyway' }).click()
  await expect(meeting.locator(`[data-deal="${id}"]`)).toBeVisible()

  // Won, by dropping it where it is written.
  const card = negotiation.locator('.card').first()
  const name = await card.locator('.title').innerText()
  const from = await card.boundingBox()
  if (!from) throw new Error('no card')
  await page.mouse.move(from.x + 60, from.y + 30)
  await page.mouse.down()
  await page.mouse.move(from.x + 70, from.y + 40, { steps: 4 })
  const place = await page.locator('.zone.good').boundingBox()
  if (!place) throw new Error('no place for won deals')
  await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2, { steps: 12 })
  await page.waitForTimeout(120)
  await page.mouse.up()
  await expect(dialog).toContainText('A deal won')
  await inspect(page, 'won')
  await dialog.getByRole('button', { name: 'Mark as won' }).click()
  await expect(page.locator('.toasts')).toContainText(`“${name}” is won!`)
  seen.check()
})

test('a deal: quick create in a column, products with totals, a quote from draft to its link, lost with a reason', async ({ page }) => {
  test.setTimeout(120_000)
  const seen = watch(page, 'http://127.0.0.1')
  await page.setViewportSize({ width: 1440, height: 800 })
  await enter(page)
  await open(page, '/deals')
  await page.getByRole('button', { name: 'Add deal in Reunión' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Deal', { exact: true }).fill('Spring shop')
  await dialog.getByLabel('Amount').fill('1.200,50')
  await inspect(page, 'new deal')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(column(page, 'Reunión').locator('.card').first()).toContainText('1,201')
  await column(page, 'Reunión').locator('.card').first().focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('main h1')).toHaveText('Spring shop')

  await page.getByRole('tab', { name: 'Products' }).click()
  const products = page.getByLabel('Add a product')
  const team = await products.locator('option', { hasText: 'Plan Equipo' }).getAttribute('value')
  await products.selectOption(team)
  await page.getByLabel('Quantity').fill('3')
  await page.getByLabel('Disc. %').fill('10')
  // 3 × 129 = 387; − 38.70; + 21 % of 348.30 = 73.14
  await expect(page.locator('.sums .total')).toContainText('421.44')
  await page.locator('.middle').getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.locator('.page-head .amount')).toContainText('421.44')

  await page.getByRole('tab', { name: 'Quotes' }).click()
  await page.getByRole('button', { name: 'New quote' }).click()
  await expect(page.locator('main h1')).toContainText('Spring shop')
  await page.getByLabel('Quantity').fill('100')
  await expect(page.locator('.sums .total')).toContainText('14,048.10')
  await page.getByRole('button', { name: 'Submit' }).click()
  await dialog.getByRole('button', { name: 'Submit' }).click()
  await expect(page.locator('.notice')).toContainText('has to be approved')
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await dialog.getByLabel('Comment').fill('Fine with me')
  await dialog.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByRole('region', { name: 'Approval' })).toContainText('Fine with me')
  await page.getByRole('button', { name: 'Issue', exact: true }).click()
  await inspect(page, 'issue a quote')
  await dialog.getByRole('button', { name: 'Issue and send' }).click()
  await expect(page.locator('main h1')).toContainText('Q-2026-')
  await expect(page.getByRole('link', { name: 'PDF' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy the link' })).toBeVisible()

  await page.locator('.crumb').getByRole('link', { name: 'Deal' }).click()
  await page.getByRole('button', { name: 'Lost', exact: true }).click()
  await dialog.getByLabel('Reason').selectOption('Competencia')
  await inspect(page, 'lost')
  await dialog.getByRole('button', { name: 'Mark as lost' }).click()
  await expect(page.locator('.notice')).toContainText('Lost: Competencia')
  await page.getByRole('button', { name: 'Reopen' }).click()
  await expect(page.getByRole('button', { name: 'Won', exact: true })).toBeVisible()
  seen.check()
})

test('leads: by hand, several at once, one converted', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 800 })
  await enter(page)
  await open(page, '/leads?status=new')
  await page.keyboard.press('c')
  await page.getByRole('option', { name: 'New lead' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('First name').fill('Nadia')
  await dialog.getByLabel('E-mail').fill('nadia@nueva.example')
  await inspect(page, 'new lead')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  const row = page.locator('[role=table] .line').first()
  await expect(row).toContainText('Nadia')
  await expect(row).toContainText('left')

  await page.locator('[role=table] .line').nth(1).getByRole('checkbox').check()
  await page.locator('[role=table] .line').nth(2).getByRole('checkbox').check()
  await page.getByRole('region', { name: 'Chosen leads' }).getByLabel('Assign to').selectOption({ label: 'Sara Lindqvist' })
  await expect(page.locator('.toasts')).toContainText('2 leads assigned')
  await expect(page.locator('[role=table] .line').nth(1)).toContainText('Sara Lindqvist')

  await row.click()
  const panel = page.getByRole('complementary', { name: 'Lead details' })
  await panel.getByRole('button', { name: 'Convert' }).click()
  await dialog.getByText('A new one').click()
  await dialog.getByLabel('Name of the company').fill('Nueva Nadia')
  await dialog.getByLabel('Deal', { exact: true }).fill('Nadia’s shop')
  await dialog.getByLabel('Amount').fill('900')
  await inspect(page, 'convert')
  await dialog.getByRole('button', { name: 'Convert', exact: true }).click()
  await expect(panel.getByText('Converted', { exact: true })).toBeVisible()
  await panel.getByRole('link', { name: 'Open deal' }).click()
  await expect(page.locator('main h1')).toHaveText('Nadia’s shop')
  await expect(page.locator('.people')).toContainText('Nueva Nadia')
})

test('tasks: said in words, ticked, repeated, put off together', async ({ page }) => {
  await enter(page)
  await open(page, '/tasks')
  await page.keyboard.press('n')
  await expect(page.getByLabel('New task')).toBeFocused()
  await page.keyboard.type('Call Olga tomorrow at 10:00 !')
  await expect(page.locator('.heard')).toContainText('Tomorrow, 10:00')
  await page.keyboard.press('Enter')
  const made = page.locator('.task', { hasText: 'Call Olga' })
  await expect(made).toContainText('Tomorrow, 10:00')
  await expect(page.getByRole('region', { name: /^Tomorrow/ })).toContainText('Call Olga')

  await page.getByRole('checkbox', { name: 'Complete “Escribir el resumen de la semana”' }).click()
  await expect(page.locator('.toasts')).toContainText('Next:')
  await expect(page.locator('.task', { hasText: 'Escribir el resumen' })).toHaveCount(2)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.locator('.task', { hasText: 'Escribir el resumen' })).toHaveCount(1)
  await expect(page.getByRole('checkbox', { name: 'Complete “Escribir el resumen de la semana”' })).toBeVisible()

  await page.getByRole('checkbox', { name: 'Choose “Enviar la propuesta revisada”' }).check()
  await page.getByRole('checkbox', { name: 'Choose “Llamar a Lucía por la renovación”' }).check()
  await page.getByRole('region', { name: 'Chosen tasks' }).getByRole('button', { name: 'To tomorrow' }).click()
  await expect(page.getByRole('region', { name: /^Overdue/ })).toHaveCount(0)
  await made.locator('.title').click()
  const dialog = page.getByRole('dialog')
  await inspect(page, 'task')
  await dialog.getByLabel('Repeat').selectOption('week')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(made).toContainText('Every')
})

test('a pipeline is put in order by keys; a stage that goes says where its deals go', async ({ page }) => {
  await enter(page)
  await open(page, '/settings/pipelines')
  const names = (): Promise<string[]> => page.locator('.stage-name').evaluateAll((inputs) => inputs.map((one) => (one as HTMLInputElement).value))
  await expect(page.locator('.stage-name').first()).toBeVisible()
  const before = await names()
  await page.getByRole('button', { name: `Move “${before[0]}”: drag, or use the arrow keys` }).press('ArrowDown')
  expect((await names()).slice(0, 2)).toEqual([before[1], before[0]])
  await page.getByRole('button', { name: `Remove ${before[4]}` }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(`Deals of “${before[4]}” go to`)
  await inspect(page, 'stages that go')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText('saved')
  expect(await names()).toEqual([before[1], before[0], before[2], before[3]])
})
