import { expect, test, type Page } from '@playwright/test'
import { inspect, open, signIn, startIn, watch } from './steps.ts'
import { files, stack } from './stack.ts'

/** A day with contacts in a real browser on a running stack: made, found, changed together, merged and parted, brought in and taken back. */
test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 1500, height: 860 } })
const mark = Date.now().toString(36)
const family = `Ferrer${mark}`

test.beforeEach(async ({ page }) => {
  await startIn(page)
  await signIn(page, stack.user.email, stack.user.password)
})
const rows = (page: Page) => page.locator('[role=table] .line')
/** Lists and searches follow a moment after what was written. */
async function narrowed(page: Page, text: string, count: number): Promise<void> {
  await expect(async () => {
    await page.getByRole('searchbox', { name: 'Search in Contacts' }).fill('')
    await page.getByRole('searchbox', { name: 'Search in Contacts' }).fill(text)
    await expect(rows(page)).toHaveCount(count, { timeout: 4_000 })
  }).toPass({ timeout: 60_000 })
}

test('two contacts are made, the second with a warning; they are merged and parted again', async ({ page }) => {
  const seen = watch(page, stack.url)
  await open(page, '/contacts')
  const dialog = page.getByRole('dialog')
  const fill = async (email: string, job: string): Promise<void> => {
    await page.getByRole('button', { name: 'New contact' }).first().click()
    await dialog.getByLabel('First name').fill('Lucía')
    await dialog.getByLabel('Last name').fill(family)
    await dialog.getByLabel('E-mail').fill(email)
    await dialog.getByRole('combobox', { name: 'Company' }).fill(`Viveros ${mark}`)
    await dialog.getByLabel('Job title').fill(job)
  }
  await fill(`lucia.${mark}@uno.example`, 'Gardener')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.locator('.toasts')).toContainText('is in your contacts')
  // Who looks alike is found once the first has been indexed, as its list shows.
  await narrowed(page, family, 1)
  const email = `l.${mark}@dos.example`
  await fill(email, 'Owner')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toContainText('You may know them already')
  await dialog.getByRole('button', { name: 'Compare and merge' }).click()
  await expect(dialog.getByRole('region', { name: 'How it will look' })).toContainText(email)
  await dialog.getByRole('row', { name: /Job title/ }).getByRole('radio').last().check()
  await expect(dialog.getByRole('region', { name: 'How it will look' })).toContainText('Owner')
  await inspect(page, 'merge')
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(page.locator('main h1')).toContainText(family)
  await expect(page.locator('.fields')).toContainText(`l.${mark}@dos.example`)
  await expect(page.locator('.page-head')).toContainText('Owner')
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click()
  await expect(page.locator('.toasts')).toContainText('They are two again')
  await expect(page.locator('.page-head')).toContainText('Gardener')
  await expect(page.locator('.fields')).not.toContainText('@dos.example')
  seen.check()
})

test('both are found by any word, chosen, tagged and untagged; one goes to the bin and comes back', async ({ page }) => {
  const seen = watch(page, stack.url)
  await open(page, '/contacts')
  await narrowed(page, family.toLowerCase(), 2)
  await page.getByRole('checkbox', { name: 'Choose all in the list' }).click()
  const bar = page.getByRole('toolbar', { name: 'Actions for what is chosen' })
  await bar.getByRole('button', { name: 'Tag' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Tags' }).fill(`feria-${mark}`)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Tag', exact: true }).click()
  await expect(rows(page).first()).toContainText(`feria-${mark}`, { timeout: 45_000 })

  // The tag is a condition that finds exactly these two.
  await page.getByRole('searchbox', { name: 'Search in Contacts' }).fill('')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('dialog', { name: 'Filter' }).getByRole('button', { name: 'Tag', exact: true }).click()
  await page.getByRole('textbox', { name: 'Value' }).fill(`feria-${mark}`)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(rows(page)).toHaveCount(2, { timeout: 30_000 })
  await inspect(page, 'narrowed contacts')
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Nothing meets these conditions')).toBeVisible({ timeout: 45_000 })

  await page.getByRole('button', { name: 'Clear filters' }).click()
  await narrowed(page, family.toLowerCase(), 2)
  await page.locator('.line input[type=checkbox]').first().click()
  await bar.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.locator('.toasts').getByRole('button', { name: 'Undo' }).first()).toBeVisible({ timeout: 45_000 })
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Bin' }).click()
  const gone = rows(page).filter({ hasText: family })
  await expect(gone).toHaveCount(1, { timeout: 30_000 })
  await gone.getByRole('button', { name: 'Restore' }).click()
  await expect(page.locator('.toasts')).toContainText('is back')
  seen.check()
})

test('a file of contacts comes in, says what is wrong with it, and is taken back', async ({ page }) => {
  const seen = watch(page, stack.url, files)
  await open(page, '/imports/new')
  const lines = ['Nombre;Apellidos;Correo electrónico;Ciudad', ...Array.from({ length: 12 }, (_, index) => `Ana${index};Importada${mark};ana${index}.${mark}@import.example;Cádiz`), `Mala;Importada${mark};esto no es un correo;Cádiz`, `Otra;Importada${mark};ana1.${mark}@import.example;Cádiz`]
  await page.locator('input[type=file]').setInputFiles({ name: `clientes-${mark}.csv`, mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n'), 'latin1') })
  await expect(page.getByRole('heading', { name: 'What each column is' })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByLabel('Field for Correo electrónico')).not.toHaveValue('')
  await expect(page.locator('.fault').first()).toBeVisible()
  await inspect(page, 'columns')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Import done' })).toBeVisible({ timeout: 90_000 })
  const count = (name: string) => page.locator('.counts > div', { has: page.locator('dt', { hasText: name }) }).locator('dd')
  await expect(count('Created')).toHaveText('12')
  await expect(count('Duplicates')).toHaveText('1')
  await expect(count('Rejected')).toHaveText('1')
  await inspect(page, 'import done')
  await open(page, '/contacts')
  await narrowed(page, `importada${mark}`, 12)
  await page.goBack()
  await page.getByRole('button', { name: 'Undo the import' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click()
  await expect(page.getByRole('heading', { name: 'Import undone' })).toBeVisible({ timeout: 90_000 })
  await open(page, '/contacts')
  await narrowed(page, `importada${mark}`, 0)
  seen.check()
})
