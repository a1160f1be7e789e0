import { expect, test, type Locator, type Page } from '@playwright/test'
import { fits, inspect, open, setTheme, signIn, startIn, watch } from './steps.ts'

const USER = 'demo@clientela.example'
const PASSWORD = 'Clientela-2026'

async function enter(page: Page, language: 'es' | 'en' = 'en'): Promise<void> {
  await startIn(page, language)
  await signIn(page, USER, PASSWORD)
}
const block = (page: Page, id: string): Locator => page.locator(`[data-block="${id}"]`)
/** The kinds of the blocks on the mail's own floor, from top to bottom. */
const kinds = (page: Page): Promise<string[]> =>
  page.locator('.mail [data-block]:not([data-block] [data-block])').evaluateAll((all) => all.map((one) => (one.getAttribute('aria-label') ?? '').split(':')[0] ?? ''))
async function call<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  return page.evaluate(async ([how, where, what]) => {
    const { token } = JSON.parse(sessionStorage.getItem('clientela.access') ?? '{}') as { token: string }
    const answer = await fetch(`/api/v1${where as string}`, { method: how as string, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, ...(what ? { body: JSON.stringify(what) } : {}) })
    return answer.json()
  }, [method, path, body] as const) as Promise<T>
}
/** A template of the mock's, by its name. */
async function named(page: Page, name: string): Promise<string> {
  const { items } = await call<{ items: { id: string; name: string }[] }>(page, 'GET', '/templates')
  return items.find((one) => one.name === name)?.id ?? ''
}
async function drag(page: Page, from: Locator, to: Locator, at: 'top' | 'bottom'): Promise<void> {
  await to.scrollIntoViewIfNeeded()
  const [start, end] = [await from.boundingBox(), await to.boundingBox()]
  if (!start || !end) throw new Error('nothing to drag, or nowhere to')
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(start.x + start.width / 2 + 8, start.y + start.height / 2 + 6, { steps: 4 })
  await page.mouse.move(end.x + end.width / 3, at === 'top' ? end.y + 5 : end.y + end.height - 5, { steps: 14 })
  await page.waitForTimeout(150)
  await page.mouse.up()
}
const saved = (page: Page): Promise<void> => expect(page.locator('.page-head [role=status]')).toContainText('Saved at', { timeout: 10_000 })

for (const language of ['es', 'en'] as const) {
  test(`every screen of templates is clean, in both themes and on a phone (${language})`, async ({ page }) => {
    test.setTimeout(300_000)
    const seen = watch(page, 'http://127.0.0.1')
    await enter(page, language)
    const [blocks, code] = [await named(page, 'Bienvenida'), await named(page, 'Oferta a medida')]
    const screens = ['/templates', '/templates/gallery', '/templates/images', '/templates/brand', `/templates/${blocks}`, `/templates/${code}`]
    const looks = language === 'es' ? ([[1440, 'light'], [360, 'dark']] as const) : ([[1440, 'dark'], [360, 'light']] as const)
    for (const [width, theme] of looks) {
      await page.setViewportSize({ width, height: 800 })
      await setTheme(page, theme)
      for (const path of screens) {
        await open(page, path)
        if (width === 360) await fits(page, `${path} ${width}`)
        else await inspect(page, `${path} ${width} ${theme}`)
      }
    }
    seen.check()
  })
}

test('from the gallery: chosen, written into, moved by mouse and keys, undone, kept', async ({ page }) => {
  test.setTimeout(120_000)
  const seen = watch(page, 'http://127.0.0.1')
  await page.setViewportSize({ width: 1440, height: 900 })
  await enter(page)
  await open(page, '/templates/gallery')
  await page.getByRole('group', { name: 'Languages' }).getByRole('button', { name: 'Spanish' }).click()
  await expect(page.locator('.template')).toHaveCount(8)
  await page.getByRole('button', { name: 'Look at Boletín' }).click()
  await expect(page.getByRole('dialog').frameLocator('iframe').getByText('El café de este mes')).toBeVisible()
  await inspect(page, 'look at one of the gallery')
  await page.getByRole('dialog').getByRole('button', { name: 'Use this' }).click()
  await expect(block(page, 'title')).toBeVisible()
  expect(await kinds(page)).toEqual(['Image', 'Image', 'Heading', 'Text', 'Button', 'Divider', 'Columns', 'Social', 'Footer'])

  // Writing where it stands; a step back takes all that was typed in one go.
  const title = page.getByRole('textbox', { name: 'Heading' }).first()
  await title.click()
  await title.press('End')
  await title.pressSequentially(', por fin')
  await expect(title).toHaveText('El café de este mes, por fin')
  await saved(page)
  await title.press('Control+z')
  await expect(title).toHaveText('El café de este mes')
  await page.getByRole('button', { name: 'Redo' }).click()
  await expect(title).toHaveText('El café de este mes, por fin')

  // Bold, a link and a value in the text.
  const text = page.getByRole('textbox', { name: 'Text', exact: true }).first()
  await text.click()
  await text.press('Control+End')
  await page.getByRole('button', { name: 'Bold' }).click()
  await text.pressSequentially(' Hoy.')
  await expect(text.locator('strong, b').last()).toContainText('Hoy.')
  await page.getByRole('button', { name: 'Link', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address').fill('nothing')
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await expect(dialog).toContainText('This is no address')
  await inspect(page, 'link')
  await dialog.getByLabel('Address').fill('andino.example/hoy')
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await expect(text.locator('a')).toHaveAttribute('href', 'https://andino.example/hoy')
  await page.getByRole('button', { name: 'Insert a value' }).last().click()
  await page.getByRole('menuitem', { name: 'City' }).click()
  const chip = text.locator('.chip', { hasText: 'City' })
  await expect(chip).toContainText('tu ciudad')
  await chip.click()
  await page.getByRole('dialog').getByLabel('If there is no value, say').fill('donde estés')
  await page.getByRole('dialog').getByLabel('How it is written').selectOption('upper')
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()
  await expect(chip).toContainText('donde estés')
  await saved(page)

  // By mouse: from the palette, and a block by its handle into a column.
  await drag(page, page.getByRole('complementary', { name: 'Blocks' }).getByRole('button', { name: 'Divider' }), block(page, 'title'), 'top')
  await expect.poll(() => kinds(page)).toEqual(['Image', 'Image', 'Divider', 'Heading', 'Text', 'Button', 'Divider', 'Columns', 'Social', 'Footer'])
  await block(page, 'go').scrollIntoViewIfNeeded()
  await block(page, 'go').click({ position: { x: 500, y: 20 } })
  await drag(page, block(page, 'go').locator('[data-handle]'), block(page, 'about'), 'bottom')
  await expect(page.getByRole('group', { name: 'Column 2' }).locator('[data-block="go"]')).toBeVisible()

  // By keys: out of the column, and back by undo.
  await block(page, 'go').focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(() => kinds(page)).toEqual(['Image', 'Image', 'Divider', 'Heading', 'Text', 'Divider', 'Columns', 'Button', 'Social', 'Footer'])
  await expect(block(page, 'go')).toBeFocused()
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(() => kinds(page)).toEqual(['Image', 'Image', 'Divider', 'Heading', 'Text', 'Divider', 'Button', 'Columns', 'Social', 'Footer'])
  await page.keyboard.press('Control+d')
  await expect.poll(async () => (await kinds(page)).filter((kind) => kind === 'Button').length).toBe(2)
  await page.keyboard.press('Delete')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await expect.poll(async () => (await kinds(page)).filter((kind) => kind === 'Button').length).toBe(1)
  await saved(page)

  // What was kept is what was made.
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Heading' }).first()).toHaveText('El café de este mes, por fin')
  expect(await kinds(page)).toEqual(['Image', 'Image', 'Divider', 'Heading', 'Text', 'Divider', 'Button', 'Columns', 'Social', 'Footer'])
  const id = page.url().split('/').at(-1) ?? ''
  const whole = await call<{ body: { source: string }; translations: Record<string, unknown> }>(page, 'GET', `/templates/${id}`)
  expect(whole.body.source).toContain('{{ contact.city | upper | default(\\"donde estés\\") }}')
  expect(Object.keys(whole.translations)).toEqual(['en'])
  seen.check()
})

test('properties, conditions, colours that cannot be read, and checks that lead to their block', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await enter(page)
  await open(page, `/templates/${await named(page, 'Boletín de noviembre')}`)
  await block(page, 'go').click({ position: { x: 500, y: 20 } })
  const panel = page.getByRole('complementary', { name: 'Properties' })
  await panel.getByLabel('Leads to').fill('')
  await panel.getByRole('group', { name: 'Colour of the text' }).getByRole('button', { name: 'Primary', exact: true }).click()
  await expect(panel).toContainText('Hard to read: contrast 1')
  await panel.getByRole('group', { name: 'Colour of the text' }).getByRole('button', { name: 'As usual' }).click()
  await expect(panel).not.toContainText('Hard to read')
  await panel.getByLabel('Only if something is so').check()
  await panel.getByLabel('Value').selectOption('contact.tags')
  await panel.getByLabel('Condition').selectOption('contains')
  await panel.getByLabel('Compared with').fill('vip')
  await expect(block(page, 'go').locator('.if')).toBeVisible()
  await saved(page)
  await inspect(page, 'properties of a button')
  await page.getByLabel('Subject').fill('Café gratis')
  await expect(page.getByRole('button', { name: 'Checks: 2' })).toBeVisible({ timeout: 10_000 })
  await page.getByRole('button', { name: 'Checks: 2' }).click()
  const checks = page.getByRole('dialog')
  await expect(checks.getByRole('meter')).toBeVisible()
  await inspect(page, 'checks')
  await block(page, 'title').evaluate((element) => element.scrollIntoView())
  await checks.getByRole('button', { name: 'The button leads nowhere.' }).click()
  await expect(block(page, 'go')).toBeFocused()
  await panel.getByLabel('Leads to').fill('https://andino.example/')
  await panel.getByLabel('Leads to').blur()
  await expect(page.getByRole('button', { name: 'Checks: 1' })).toBeVisible({ timeout: 10_000 })

  // A value that does not exist is refused where it stands, and nothing is lost.
  const title = page.getByRole('textbox', { name: 'Heading' }).first()
  await title.click()
  await title.press('End')
  await title.pressSequentially(' {{ nobody.knows }}')
  await expect(page.locator('.page-head [role=status]')).toContainText('Not saved', { timeout: 10_000 })
  await expect(block(page, 'title')).toHaveClass(/wrong/)
  await title.press('Control+z')
  await saved(page)

  // Columns: three of them, then two, and nothing is lost.
  await block(page, 'pair').click({ position: { x: 4, y: 4 } })
  await panel.getByLabel('Number of columns').selectOption('3')
  await expect(page.getByRole('button', { name: 'Drop a block here' })).toBeVisible()
  await page.getByRole('button', { name: 'Drop a block here' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Text' }).click()
  await expect(page.getByRole('group', { name: 'Column 3' }).getByRole('textbox')).toBeVisible()
  await block(page, 'pair').click({ position: { x: 4, y: 4 } })
  await panel.getByLabel('Number of columns').selectOption('2')
  await expect(page.getByRole('group', { name: 'Column 2' }).locator('[data-block]')).toHaveCount(3)
})

test('preview as a person, test send, the other language, versions, somebody else', async ({ page }) => {
  test.setTimeout(120_000)
  await page.setViewportSize({ width: 1280, height: 860 })
  await enter(page)
  const id = await named(page, 'Bienvenida')
  await open(page, `/templates/${id}`)
  await page.getByRole('button', { name: 'Preview' }).click()
  const mail = page.frameLocator('iframe[title="Preview"]')
  await expect(mail.getByText('Hola, Ana:')).toBeVisible()
  await page.getByRole('combobox', { name: 'See as a contact…' }).fill('an')
  const person = page.getByRole('listbox', { name: 'See as a contact…' }).getByRole('option').first()
  const name = ((await person.innerText()).split(' ')[0] ?? '').trim()
  await person.click()
  await expect(mail.getByText(`Hola, ${name}`)).toBeVisible()
  await page.getByRole('button', { name: 'Phone', exact: true }).click()
  await page.getByRole('button', { name: 'Dark' }).click()
  await expect(mail.locator('body')).toHaveCSS('background-color', 'rgb(21, 24, 26)')
  await inspect(page, 'preview')
  await page.getByRole('button', { name: 'Text', exact: true }).click()
  await expect(page.locator('pre')).toContainText('Probar la cosecha')
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
  await expect(page.locator('.toasts')).toContainText('Test sent')
  await page.getByRole('button', { name: 'Write' }).click()

  // The other language begins as a copy.
  const fresh = await call<{ id: string; version: number; body: unknown }>(page, 'GET', `/templates/${id}`)
  await call(page, 'PATCH', `/templates/${id}`, { version: fresh.version, translations: {}, body: fresh.body })
  await open(page, '/templates')
  await open(page, `/templates/${id}`)
  await page.getByRole('group', { name: 'Languages' }).getByRole('button', { name: /English/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Copy and translate' }).click()
  await page.getByLabel('Subject').fill('Good to have you here')
  await saved(page)
  await page.getByRole('group', { name: 'Languages' }).getByRole('button', { name: /Spanish/ }).click()
  await expect(page.getByLabel('Subject')).toHaveValue(/Qué bien/)

  // Somebody else was quicker.
  const theirs = await call<{ version: number; body: unknown }>(page, 'GET', `/templates/${id}`)
  await call(page, 'PATCH', `/templates/${id}`, { version: theirs.version, subject: 'Theirs', body: theirs.body })
  await page.getByLabel('Subject').fill('Mine')
  const clash = page.getByRole('dialog')
  await expect(clash).toContainText('Theirs', { timeout: 10_000 })
  await inspect(page, 'conflict')
  await clash.getByRole('button', { name: 'Save mine' }).click()
  await saved(page)

  // What was before comes back.
  await page.getByRole('button', { name: 'Actions', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Versions' }).click()
  const versions = page.getByRole('dialog')
  await versions.getByRole('button', { name: /Theirs/ }).click()
  await inspect(page, 'versions')
  await versions.getByRole('button', { name: 'Bring this version back' }).click()
  await expect(page.getByLabel('Subject')).toHaveValue('Theirs')
})

test('source by hand: the error stands at its line; leaving with changes asks', async ({ page }) => {
  await enter(page)
  await open(page, `/templates/${await named(page, 'Oferta a medida')}`)
  const source = page.getByRole('textbox', { name: 'MJML' })
  await source.fill('<mjml>\n  <mj-body>\n    {{ nobody.knows }}\n  </mj-body>\n</mjml>')
  await expect(page.getByRole('button', { name: /Line 3/ })).toBeVisible({ timeout: 10_000 })
  await expect(page.locator('.numbers .bad')).toHaveText('3')
  await inspect(page, 'an error in the source')
  let asked = ''
  page.once('dialog', (dialog) => {
    asked = dialog.message()
    void dialog.dismiss()
  })
  await page.evaluate(() => (location.hash = '/templates'))
  await expect.poll(() => asked).toContain('not saved')
  await expect(source).toBeVisible()
  await page.getByRole('button', { name: /Line 3/ }).click()
  await expect(source).toBeFocused()
  await source.fill('<mjml>\n  <mj-body>\n  </mj-body>\n</mjml>')
  await saved(page)
})

test('the list, the library and the brand', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 860 })
  await enter(page)
  await open(page, '/templates')
  await page.getByRole('searchbox', { name: 'Search templates' }).fill('boletin de NOV')
  await expect(page.locator('.template')).toHaveCount(1)
  await page.getByRole('searchbox', { name: 'Search templates' }).fill('no such thing')
  await expect(page.locator('main')).toContainText('No template is called that')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('button', { name: 'Actions of Aviso de la tienda' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByRole('button', { name: 'Open Aviso de la tienda' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('button', { name: 'Open Aviso de la tienda' })).toBeVisible()

  await open(page, '/templates/images')
  const tiles = page.locator('.library .grid li')
  await expect(tiles.first()).toBeVisible()
  const before = await tiles.count()
  await page.getByLabel('Upload images').last().setInputFiles([
    { name: 'sol-de-la-tarde.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgo=', 'base64') },
    { name: 'carta.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') },
  ])
  await expect(tiles).toHaveCount(before + 1)
  await expect(page.locator('.coming')).toContainText('Only PNG')
  await page.getByRole('button', { name: 'Describe sol-de-la-tarde.png' }).click()
  await expect(page.getByRole('dialog').getByLabel('Description')).toHaveValue('Sol de la tarde')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').last().getByRole('button', { name: 'Delete' }).click()
  await expect(tiles).toHaveCount(before)

  await open(page, '/templates/brand')
  await page.getByLabel('Code of Muted text').fill('#c8c8c8')
  await expect(page.locator('main')).toContainText('is hard to read')
  await page.getByRole('button', { name: 'Reset' }).click()
  await page.getByLabel('Code of Primary').fill('#7a2f8f')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.locator('.toasts')).toContainText('Brand saved')
  await open(page, `/templates/${await named(page, 'Boletín de noviembre')}`)
  await expect(block(page, 'go').locator('.button')).toHaveCSS('background-color', 'rgb(122, 47, 143)')
})

test('a picture of the library goes into the mail, with its description', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 860 })
  await enter(page)
  await open(page, `/templates/${await named(page, 'Boletín de noviembre')}`)
  await block(page, 'title').click()
  await page.getByRole('complementary', { name: 'Blocks' }).getByRole('button', { name: 'Image' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Use Montes al amanecer' })).toBeVisible()
  await inspect(page, 'choosing a picture')
  await dialog.getByRole('button', { name: 'Use Montes al amanecer' }).click()
  await expect(page.getByRole('complementary', { name: 'Properties' }).getByLabel('Description')).toHaveValue('Montes al amanecer')
  await expect(page.locator('.mail').getByAltText('Montes al amanecer')).toBeVisible()
  await saved(page)
})

test('on a phone: added and changed in sheets', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await enter(page)
  await open(page, `/templates/${await named(page, 'Boletín de noviembre')}`)
  await page.getByRole('button', { name: 'Add a block' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Divider' }).click()
  await expect.poll(async () => (await kinds(page)).filter((kind) => kind === 'Divider').length).toBe(2)
  await page.getByRole('button', { name: 'Divider', exact: true }).last().click()
  await page.getByRole('dialog').getByLabel('Thickness').fill('5')
  await page.keyboard.press('Escape')
  await saved(page)
  await fits(page, 'editor with a block chosen')
})
