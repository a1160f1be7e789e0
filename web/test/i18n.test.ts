import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plain, slug, slugByLetter } from '../src/i18n/plain'

type Texts = Record<string, string>
const read = (path: string): Texts => JSON.parse(readFileSync(join('src/i18n', path), 'utf8')) as Texts
const folders = readdirSync('src/i18n', { withFileTypes: true }).filter((one) => one.isDirectory()).map((one) => `${one.name}/`)
const bundles = ['', ...folders].map((folder) => ({ folder, es: read(`${folder}es.json`), en: read(`${folder}en.json`) }))
const es: Texts = Object.assign({}, ...bundles.map((one) => one.es))
const en: Texts = Object.assign({}, ...bundles.map((one) => one.en))

const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(svelte|ts)$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => readFileSync(join('src', file), 'utf8'))
  .join('\n')
const keys = Object.keys(es)

describe('texts', () => {
  it('has the same keys in both languages', () => {
    for (const one of bundles) expect(Object.keys(one.en), one.folder).toEqual(Object.keys(one.es))
  })
  it('has each key in one bundle', () => {
    expect(bundles.flatMap((one) => Object.keys(one.es)).length).toBe(keys.length)
  })
  it('has the same placeholders in both languages', () => {
    const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort()
    for (const key of keys) expect(names(en[key] ?? ''), key).toEqual(names(es[key] ?? ''))
  })
  it('has no text that nobody uses', () => {
    // Keys stand as literals, or as a literal prefix with a value behind it: `state.${…}` and label('state', …).
    const literals = new Set([...source.matchAll(/['"`]([a-z_]+(?:\.[a-zA-Z_]+)+)['"`]/g)].map((match) => match[1]))
    const prefixes = [
      ...[...source.matchAll(/\b(?:t|tn|has)\(`([a-z_.]+\.)\$\{/g)].map((match) => match[1] ?? ''),
      ...[...source.matchAll(/\b(?:t|tn)\(`([a-z_]+\.[a-z_]+_)\$\{/g)].map((match) => match[1] ?? ''),
      ...[...source.matchAll(/\blabel\(\s*'([a-z_.]+)'/g)].map((match) => `${match[1]}.`),
      ...[...source.matchAll(/key = `([a-z_.]+\.)\$\{/g)].map((match) => match[1] ?? ''),
      'state.', // State.svelte: label(`state.${kind}`, …)
    ]
    const unused = keys.filter((key) => {
      const base = key.replace(/_(one|other)$/, '')
      return !literals.has(key) && !literals.has(base) && !prefixes.some((prefix) => key.startsWith(prefix))
    })
    expect(unused).toEqual([])
  })
  it('has every text that is asked for', () => {
    const asked = [...source.matchAll(/\b(?:t|tn)\(\s*'([a-z_]+(?:\.[a-zA-Z_]+)+)'/g)].map((match) => match[1] ?? '')
    expect(asked.length).toBeGreaterThan(200)
    const missing = asked.filter((key) => !(key in es) && !(`${key}_other` in es))
    expect(missing).toEqual([])
  })
  it('has no words in the markup', () => {
    const found: string[] = []
    for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.svelte')) continue
      const markup = readFileSync(join('src', file), 'utf8')
        .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/g, '')
      for (const match of markup.matchAll(/>([^<>]*\p{L}{3,}[^<>]*)</gu)) found.push(`${file}: ${match[1]?.trim()}`)
    }
    const names = /^(\S+: )(Clientela|English|Español|MJML|HTML|CSV|Ctrl|Enter|Esc)$/
    expect(found.filter((one) => !names.test(one))).toEqual([])
  })
})

describe('plain texts', () => {
  it('have neither accents nor capitals', () => expect(plain('Año Nuevo, ÉXITO')).toBe('ano nuevo, exito'))
  it('make names for machines', () => {
    expect(slug('  Canción nº 7! ', '-', 40)).toBe('cancion-n-7')
    expect(slug('Más', '_', 2)).toBe('ma')
    expect(slugByLetter('2.ª etapa (nueva)', '_', 40)).toBe('etapa_nueva')
  })
})
