import { expect, test, type Page } from '@playwright/test'
import { inspect, open, setTheme, signIn, watch } from './steps.ts'

/** Contacts, companies and their data against the mock API: how they look, and what people do with them. */
test.describe.configure({ timeout: 150_000 })
test.use({ viewport: { width: 1500, height: 800 } })
const enter = (page: Page): Promise<void> => signIn(page, 'demo@clientela.example', 'Clientela-2026')
const language = (page: Page, code: 'es' | 'en'): Promise<void> =>
  page.addInitScript((chosen) => {
    try {
      if (!localStorage.getItem('clientela.language')) localStorage.setItem('clientela.language', chosen)
    } catch {
      // Sandboxed previews have no storage.
    }
  }, code)
const rows = (page: Page) => page.locator('[role=table] .line')
const idOf = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (from) => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const answer = (await (await fetch(`/api/v1${from}`, { headers: { Authorization: `Bearer ${token}` } })).json()) as { items: { id: string }[] }
    return answer.items[1]?.id ?? ''
  }, path)

for (const [code, width, themes] of [['en', 1280, ['light', 'dark']], ['es', 360, ['light']]] as const) {
  test(`every screen of customers is clean and fits ${width} in ${code}`, async ({ page }) => {
    test.setTimeout(600_000)
    await language(page, code)
    const seen = watch(page, 'http://127.0.0.1')
    await enter(page)
    const [contact, company, done] = [await idOf(page, '/contacts'), await idOf(page, '/companies'), await idOf(page, '/imports')]
    const screens = [
      '/contacts', '/contacts?bin=1', '/contacts?q=nobodyiscalledthis', `/contacts/${contact}`, '/companies', `/companies/${company}`, '/duplicates', '/duplicates?tab=merged', '/imports', '/imports/new', `/imports/${done}`,
      '/exports', '/settings/fields', '/settings/purposes', '/settings/suppressions', '/settings/retention',
    ]
    await page.setViewportSize({ width, height: width === 360 ? 800 : 640 })
    for (const theme of themes) {
      await setTheme(page, theme)
      for (const path of screens) {
        await open(page, path)
        await inspect(page, `${path} ${width} ${theme} ${code}`)
      }
    }
    seen.check()
  })
}

test('a list: conditions, a view of them, columns, sorting, few rows for a thousand', async ({ page }) => {
  await language(page, 'en')
  await enter(page)
  await open(page, '/contacts')
  await expect(page.locator('main h1')).toContainText('1,000')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('searchbox', { name: 'Find a field' }).fill('plan')
  await page.getByRole('dialog', { name: 'Filter' }).getByRole('button', { name: 'Plan' }).click()
  await page.getByLabel('Equipo').check()
  await page.getByLabel('A medida').check()
  await inspect(page, 'the builder')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByRole('button', { name: 'Plan is Equipo or A medida', exact: true })).toBeVisible()
  await expect(page.locator('main h1')).not.toContainText('1,000')

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Plan' }).check()
  await page.getByRole('button', { name: 'Move Plan up' }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('columnheader', { name: 'Plan' })).toBeVisible()
  await page.getByRole('button', { name: 'Name', exact: true }).click()
  await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending')

  await page.getByRole('button', { name: 'Save as a view' }).click()
  await page.getByLabel('Name of the view').fill('Bigger plans')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Bigger plans', exact: true })).toHaveAttribute('aria-current', 'page')
  await page.reload()
  await expect(page.getByRole('button', { name: 'Bigger plans', exact: true })).toHaveAttribute('aria-current', 'page')
  await expect(page.getByRole('columnheader', { name: 'Plan' })).toBeVisible()
  await page.getByRole('button', { name: 'Options of the view Bigger plans' }).click()
  await page.getByRole('menuitem', { name: 'Remove view' }).click()
  await expect(page.locator('.toasts')).toContainText('View removed')

  await page.getByRole('button', { name: 'All contacts' }).click()
  await expect(page.locator('main h1')).toContainText('1,000')
  const view = page.locator('.view')
  for (let step = 0; step < 25; step++) {
    await view.evaluate((element) => (element.scrollTop = element.scrollHeight))
    await page.waitForTimeout(60)
  }
  expect(await page.locator('.rows').evaluate((element) => element.clientHeight / 42)).toBeGreaterThan(500)
  expect(await rows(page).count()).toBeLessThan(60)
})

test('many at once: a range, all results, a tag with undo, the bin', async ({ page }) => {
  await language(page, 'en')
  await enter(page)
  await open(page, '/contacts?filter=%5B%7B%22field%22%3A%22country%22%2C%22op%22%3A%22is%22%2C%22value%22%3A%22ES%22%7D%5D')
  const boxes = page.locator('.line input[type=checkbox]')
  await boxes.nth(0).click()
  await boxes.nth(3).click({ modifiers: ['Shift'] })
  const bar = page.getByRole('toolbar', { name: 'Actions for what is chosen' })
  await expect(bar).toContainText('4 chosen')
  await page.getByRole('checkbox', { name: 'Choose all in the list' }).click()
  await bar.getByRole('button', { name: /Choose all \d/ }).click()
  await expect(bar).not.toContainText('50 chosen')
  await inspect(page, 'the bar')
  await bar.getByRole('button', { name: 'Tag' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Tags' }).fill('spring')
  await page.keyboard.press('Enter')
  await inspect(page, 'bulk tag')
  await page.getByRole('dialog').getByRole('button', { name: 'Tag', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText('Done', { timeout: 15_000 })
  await expect(rows(page).first()).toContainText('spring')
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click()
  await expect(rows(page).first()).not.toContainText('spring', { timeout: 15_000 })

  const name = await rows(page).first().locator('a').innerText()
  await boxes.nth(0).click()
  await bar.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(rows(page).first()).not.toContainText(name, { timeout: 15_000 })
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Bin' }).click()
  await expect(rows(page).first()).toContainText(name)
  await rows(page).first().getByRole('button', { name: 'Restore' }).click()
  await expect(page.locator('.toasts')).toContainText('is back')
})

test('a cell is edited in place; Escape leaves it', async ({ page }) => {
  await language(page, 'en')
  await enter(page)
  await open(page, '/contacts')
  const cell = rows(page).first().locator('.edits').nth(1)
  const before = await cell.innerText()
  await cell.click()
  await expect(page.locator('.edit select')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(cell).toHaveText(before)
  await cell.click()
  await page.locator('.edit select').selectOption({ label: before === 'Retention' ? 'Loyalty' : 'Retention' })
  await expect(cell).toHaveText(before === 'Retention' ? 'Loyalty' : 'Retention')
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click()
  await expect(cell).toHaveText(before)
})

test('a contact: made with a warning, edited, written about, merged and parted, erased by its name', async ({ page }) => {
  await language(page, 'en')
  await enter(page)
  await open(page, '/contacts')
  const known = await rows(page).nth(7).locator('a').innerText()
  const [first = '', ...last] = known.split(' ')
  await page.getByRole('button', { name: 'New contact' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('First name').fill(first)
  await dialog.getByLabel('Last name').fill(last.join(' '))
  await expect(dialog.getByRole('status')).toContainText(known)
  await dialog.getByLabel('E-mail').fill('somebody.new@visita.example')
  await inspect(page, 'new contact')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toContainText('You may know them already')
  await dialog.getByRole('button', { name: 'Compare and merge' }).first().click()
  await expect(dialog.getByRole('region', { name: 'How it will look' })).toContainText('somebody.new@visita.example')
  await inspect(page, 'merge')
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText('Merged into')
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click()
  await expect(page.locator('.toasts')).toContainText('two again')

  await page.getByLabel('Job title').fill('Head of sales')
  await page.getByLabel('Job title').press('Enter')
  await expect(page.locator('.page-head')).toContainText('Head of sales')
  const composer = page.getByRole('form', { name: 'Write in the timeline' })
  await composer.getByRole('textbox').click()
  await page.keyboard.type('Wants a demo, says @Marcos')
  await page.keyboard.press('Enter')
  await composer.getByRole('button', { name: 'Add note' }).click()
  const note = page.locator('li.written', { hasText: 'Wants a demo' })
  await expect(note.locator('mark')).toHaveText('@Marcos Vidal')
  await note.getByRole('button', { name: 'Options of the entry' }).click()
  await page.getByRole('menuitem', { name: 'Pin on top' }).click()
  await expect(page.getByRole('region', { name: 'Pinned' })).toContainText('Wants a demo')
  await composer.getByRole('radio', { name: 'Meeting' }).click()
  await composer.getByLabel('Subject').fill('Demo')
  await composer.getByLabel('When').fill('2031-01-15T10:00')
  await composer.getByRole('button', { name: 'Log meeting' }).click()
  await expect(page.getByRole('region', { name: 'Coming up' })).toContainText('Demo')
  await page.getByRole('button', { name: 'Write down a consent' }).click()
  await page.getByLabel('Proof').fill('Said so on the phone')
  await page.getByRole('button', { name: 'Write down', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText('Consent written down')
  await inspect(page, 'contact with everything')

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Erase for good' }).click()
  const erase = page.getByRole('dialog').getByRole('button', { name: 'Erase for good' })
  await expect(erase).toBeDisabled()
  await page.getByRole('dialog').getByRole('textbox').fill(known)
  await erase.click()
  await expect(page.locator('.toasts')).toContainText('Erased everywhere', { timeout: 20_000 })
})

test('two people change one field: mine, theirs and what it was', async ({ page }) => {
  await language(page, 'en')
  await enter(page)
  const id = await idOf(page, '/contacts')
  await open(page, `/contacts/${id}`)
  await expect(page.getByLabel('Job title')).toBeVisible()
  await page.evaluate(async (which) => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const { version } = (await (await fetch(`/api/v1/contacts/${which}`, { headers })).json()) as { version: number }
    await fetch(`/api/v1/contacts/${which}`, { method: 'PATCH', headers, body: JSON.stringify({ version, job_title: 'Theirs' }) })
  }, id)
  await page.getByLabel('Job title').fill('Mine')
  await page.getByLabel('Job title').press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Theirs')
  await expect(dialog).toContainText('Mine')
  await inspect(page, 'conflict')
  await dialog.getByRole('button', { name: 'Save mine' }).or(dialog.getByRole('button', { name: 'Keep mine' })).first().click()
  await expect(page.locator('.page-head')).toContainText('Mine')
})

test('an import: its columns, the first rows with their errors, the work, undo', async ({ page }) => {
  await language(page, 'en')
  await enter(page)
  await open(page, '/imports/new')
  await page.locator('input[type=file]').setInputFiles({ name: 'image.png', mimeType: 'image/png', buffer: Buffer.from('x') })
  await expect(page.getByRole('alert')).toContainText('no CSV')
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('Nombre;Email\nAna;a@b.example\n') })
  await expect(page.getByRole('heading', { name: 'What each column is' })).toBeVisible({ timeout: 15_000 })
  await expect(page.locator('.fault').first()).toContainText('correo')
  await inspect(page, 'columns of an import')
  await page.getByLabel('Field for Tarifa').selectOption({ label: 'Plan' })
  await page.getByLabel('Field for Email').selectOption('')
  await expect(page.getByRole('status').filter({ hasText: 'No column is' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
  await page.getByLabel('Field for Email').selectOption({ label: 'E-mail' })
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('link', { name: 'Download the report by row' })).toBeVisible()
  await inspect(page, 'import done')
  await page.getByRole('button', { name: 'Undo the import' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click()
  await expect(page.getByRole('heading', { name: 'Import undone' })).toBeVisible({ timeout: 20_000 })
})

test('an own field is made, put out of use and brought back; an export lands in the list', async ({ page }) => {
  await language(page, 'en')
  await enter(page)
  await open(page, '/settings/fields')
  await page.getByRole('button', { name: 'New field' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Favourite colour')
  await dialog.getByLabel('Type').selectOption({ label: 'One choice' }).catch(() => dialog.getByLabel('Type').selectOption('choice'))
  await dialog.getByRole('button', { name: 'Add option' }).click()
  await dialog.getByLabel('Option 1').fill('Green')
  await inspect(page, 'new field')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.locator('main')).toContainText('favourite_colour')
  await page.getByRole('button', { name: 'Options of Favourite colour' }).click()
  await page.getByRole('menuitem', { name: 'Put out of use' }).click()
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).last().click()
  await expect(page.getByRole('button', { name: 'Options of Favourite colour' })).toBeVisible()

  await open(page, '/exports')
  await page.getByRole('button', { name: 'New export' }).click()
  await page.getByRole('menuitem', { name: 'Companies' }).click()
  await inspect(page, 'export')
  await page.getByRole('dialog').getByRole('button', { name: 'Export' }).click()
  await expect(page.locator('.toasts')).toContainText('rows exported', { timeout: 20_000 })
  await expect(page.getByRole('link', { name: 'Download' }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Background work' }).click()
  await expect(page.getByRole('dialog', { name: 'Background work' })).toContainText('Export')
  await inspect(page, 'tray')
})
