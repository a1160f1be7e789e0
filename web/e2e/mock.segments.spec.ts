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
const segment = (page: Page, name: string): Promise<string> => named(page, '/segments', name)

for (const language of ['es', 'en'] as const) {
  test(`every screen of segments is clean, in both themes and on a phone (${language})`, async ({ page }) => {
    test.setTimeout(600_000)
    const seen = watch(page, 'http://127.0.0.1')
    await startIn(page, language)
    await enter(page)
    const [nested, list, broken] = [await segment(page, 'Colombia'), await segment(page, 'Invitados'), await segment(page, 'Plan')]
    const screens = [
      '/segments', '/segments/new', `/segments/${nested}`, `/segments/${nested}/edit`, `/segments/${list}`, `/segments/${broken}`, `/segments/${broken}/edit`,
    ]
    const looks = language === 'es' ? ([[1440, 'light'], [360, 'light']] as const) : ([[1440, 'dark'], [390, 'dark']] as const)
    for (const [width, theme] of looks) {
      await page.setViewportSize({ width, height: 800 })
      await setTheme(page, theme)
      for (const path of screens) {
        await open(page, path)
        if (width < 500) await fits(page, `${path} ${width}`)
        else await inspect(page, `${path} ${theme}`)
      }
    }
    seen.check()
  })
}

test('a segment of nested conditions: built, moved, undone, counted, saved', async ({ page }) => {
  const seen = watch(page, 'http://127.0.0.1')
  await startIn(page)
  await enter(page)
  await open(page, '/segments/new')
  const live = page.getByRole('complementary', { name: 'Who is in it now' })
  await page.getByLabel('Name', { exact: true }).fill('Nested')
  await page.getByRole('button', { name: 'Add condition' }).click()
  await page.getByRole('combobox', { name: 'Find a field' }).fill('pais')
  await expect(page.getByText('Nothing for “pais”')).toBeVisible()
  await page.getByRole('combobox', { name: 'Find a field' }).fill('count')
  await page.keyboard.press('Enter')
  const first = page.getByRole('group', { name: 'Condition 1', exact: true })
  await expect(live).toContainText('One condition is not complete')
  await first.getByLabel('Value').selectOption('CO')
  await expect(live.locator('.count')).toHaveText(/^\d+$/)
  await expect(live).toContainText('Country is Colombia')
  await expect(live.getByRole('listitem')).toHaveCount(20)
  const all = Number(await live.locator('.count').innerText())

  await page.getByRole('button', { name: 'Add group' }).first().click()
  const inner = page.getByRole('group', { name: 'Group 1', exact: true })
  await inner.getByRole('button', { name: 'Add condition' }).click()
  await page.getByRole('combobox', { name: 'Find a field' }).fill('tag')
  await page.keyboard.press('Enter')
  await inner.getByLabel('Value').fill('vip')
  await expect(live).toContainText('Tag is vip')
  await expect.poll(async () => Number(await live.locator('.count').innerText())).toBeLessThan(all)

  // Removed and brought back where it was, with what was done meanwhile kept.
  await first.getByRole('button', { name: 'Remove condition' }).click()
  await expect(page.getByRole('group', { name: /^Condition \d/ })).toHaveCount(1)
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click()
  await expect(first.getByLabel('Value')).toHaveValue('CO')
  // By keys: the condition steps below the group, then back.
  await first.getByLabel('Comparison').focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect(page.getByRole('group', { name: 'Condition 2', exact: true }).getByLabel('Value')).toHaveValue('CO')
  // It is at the place to go on from a moment after it is on the screen.
  await expect(page.getByRole('group', { name: 'Condition 2', exact: true }).locator(':focus')).toHaveCount(1)
  await page.keyboard.press('Alt+ArrowUp')
  await expect(first.getByLabel('Value')).toHaveValue('CO')
  await inner.getByRole('button', { name: 'More for condition 1.1' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(inner.getByLabel('Value')).toHaveCount(2)
  await page.keyboard.press('Control+z')
  await expect(inner.getByLabel('Value')).toHaveCount(1)
  // Five levels and no more.
  for (const [index, name] of ['1', '1.1', '1.1.1'].entries()) {
    await page.getByRole('group', { name: `Group ${name}`, exact: true }).getByRole('button', { name: 'Add group' }).last().click()
    await expect(page.getByRole('group', { name: /^Group / })).toHaveCount(index + 2)
  }
  await expect(page.getByRole('group', { name: 'Group 1.1.1.1', exact: true }).getByRole('button', { name: 'Add group' })).toHaveCount(0)
  await inspect(page, 'builder')
  await page.getByRole('button', { name: 'Remove group 1.1', exact: true }).click()
  await page.locator('main').getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.locator('main h1')).toHaveText('Nested')
  await expect(page.locator('main')).toContainText('Up to date', { timeout: 10_000 })
  await expect(page.locator('[role=table] .line').first()).toBeVisible()

  // Another's change meanwhile, and a fixed list of those who are in now.
  await page.getByRole('link', { name: 'Edit' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Nested')
  await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const path = `/api/v1/segments/${location.hash.split('/')[2]}`
    const { version } = (await (await fetch(path, { headers })).json()) as { version: number }
    await fetch(path, { method: 'PATCH', headers, body: JSON.stringify({ version, name: 'Theirs' }) })
  })
  await page.getByLabel('Name', { exact: true }).fill('Mine')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('dialog')).toContainText('Theirs')
  await page.getByRole('dialog').getByRole('button', { name: 'Save mine' }).click()
  await expect(page.locator('main h1')).toHaveText('Mine')
  await page.getByRole('button', { name: 'More', exact: true }).last().click()
  await page.getByRole('menuitem', { name: 'Freeze as a fixed list' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Freeze', exact: true }).click()
  await expect(page.locator('main h1')).toHaveText('Mine (frozen)')
  seen.check()
})

test('a broken segment says so at the row and is repaired', async ({ page }) => {
  await startIn(page)
  await enter(page)
  await open(page, `/segments/${await segment(page, 'Plan')}`)
  await expect(page.getByRole('alert')).toContainText('custom.old_plan')
  await page.getByRole('link', { name: 'Repair it' }).click()
  const row = page.getByRole('group', { name: 'Condition 1', exact: true })
  await expect(row.getByRole('alert')).toContainText('no longer there')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText('Repair or remove')
  await row.getByRole('button', { name: 'Remove condition' }).click()
  await expect(page.getByRole('complementary', { name: 'Who is in it now' }).locator('.count')).toHaveText(/^[1-9]\d*$/)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.locator('main')).toContainText('Up to date', { timeout: 10_000 })
})

test('people are put into a fixed list by pasted addresses; a file can be imported into it', async ({ page }) => {
  await startIn(page, 'en')
  await enter(page)
  const list = await segment(page, 'Invitados')
  await open(page, `/segments/${list}`)
  const count = page.locator('.bar b')
  const before = Number((await count.innerText()).replace(/\D/g, ''))
  const known = await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const answer = (await (await fetch('/api/v1/contacts?limit=100', { headers: { Authorization: `Bearer ${token}` } })).json()) as { items: { emails: { address: string }[] }[] }
    return answer.items.map((one) => one.emails[0]?.address ?? '')
  })
  const inside = await page.locator('[role=row] .soft, .table .soft').allInnerTexts()
  const outside = known.filter((one) => one && !inside.includes(one)).slice(0, 2)
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Add by addresses' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Addresses').fill(`E-mail\n${outside[0]?.toUpperCase()}, Two <${outside[1]}>\nnobody@example.com; not@anaddress`)
  await expect(dialog).toContainText('4 addresses')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(dialog).toContainText('2 contacts were put in.')
  await expect(dialog).toContainText('1 address belongs to no contact')
  await expect(dialog).toContainText('2 are no e-mail addresses')
  await inspect(page, 'what became of pasted addresses')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(count).toContainText(String(before + 2))
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(count).toContainText(String(before))
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Import a file' }).click()
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('Nombre;Email\nAna;a@b.example\n') })
  await expect(page.getByLabel('A fixed list')).toBeChecked({ timeout: 15_000 })
  await expect(page.getByLabel('List', { exact: true })).toHaveValue(list)
})
