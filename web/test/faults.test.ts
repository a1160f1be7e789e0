import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inWords } from '../src/api/faults'
import { setLocale } from '../src/i18n/index.svelte'

const told = async (message: string, code: string): Promise<string | undefined> =>
  (await inWords({ errors: [{ field: 'name', message, code }] })).errors[0]?.message

beforeEach(() => {
  vi.stubGlobal('document', { documentElement: { lang: '' } })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('what the API finds wrong', () => {
  it('is said in Spanish with its numbers', async () => {
    await setLocale('es')
    expect(await told('A contact has at most 100 tags.', 'too_many')).toBe('Un contacto tiene como máximo 100 etiquetas.')
    expect(await told('String should have at most 1,000 characters', 'string_too_long')).toBe('Como máximo 1,000 caracteres.')
    expect(await told('A day between 2 and 3 never read about.', 'out_of_range')).toBe('Está fuera de los límites.')
  })
  it('keeps the names behind the colon', async () => {
    await setLocale('es')
    expect(await told('Other segments ask for this one: Vigo, Lugo y “100 * 2”.', 'in_use')).toBe('Otros segmentos lo usan: Vigo, Lugo y “100 * 2”.')
  })
  it('keeps the line and the reason of what is wrong in a source', async () => {
    await setLocale('es')
    expect(await told('Line 3: there is no contact.town', 'placeholder_not_allowed')).toBe('Línea 3: contact.town no existe')
    expect(await told('Line 12: the comment is not closed.', 'html')).toBe('Línea 12: el comentario no se cierra.')
    expect(await told("Line 2: unexpected '}'", 'placeholder_syntax')).toBe("Línea 2: unexpected '}'")
    expect(await told('Both together would have 120 tags, of 100 at most.', 'too_many_tags')).toBe('Juntos tendrían 120 etiquetas, y el máximo es 100.')
  })
  it('stays as it is where there is no sentence, or not the numbers that one needs', async () => {
    await setLocale('es')
    expect(await told('Never said before.', 'never_seen')).toBe('Never said before.')
    expect(await told('Input should be larger', 'greater_than')).toBe('Input should be larger')
    expect(await inWords({ detail: 'Some values are not valid.' })).toEqual({ detail: 'Algunos valores no son válidos.' })
  })
  it('is the API’s own in English', async () => {
    await setLocale('en')
    expect(await told('A contact has at most 100 tags.', 'too_many')).toBe('A contact has at most 100 tags.')
  })
})
