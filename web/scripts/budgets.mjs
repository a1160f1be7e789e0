// Fails the build when what people download grows beyond the budgets (gzip, bytes).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const KB = 1024
const BUDGETS = { initial: 60 * KB, route: 30 * KB, mail: 140 * KB, css: 15 * KB, locale: 12 * KB, embed: 4 * KB }
const dist = new URL('../dist/', import.meta.url).pathname
const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

/** Files that load together with a chunk: itself and its static imports. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) closure(next, seen)
  return seen
}
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const initial = closure(entry)
const rows = []
const filesOf = (keys) => [...keys].map((key) => manifest[key].file).filter((file) => file.endsWith('.js'))
const total = (files) => files.reduce((sum, file) => sum + size(file), 0)

rows.push(['initial JavaScript', total(filesOf(initial)), BUDGETS.initial])
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry) continue
  const locale = /i18n\/((?:\w+\/)?(?:es|en))\.json$/.exec(key)
  const own = [...closure(key)].filter((other) => !initial.has(other))
  const mail = /features\/templates\/(?:Body)?Editor\.svelte$/.test(key)
  rows.push([locale ? `locale ${locale[1]}` : `${mail ? 'mail editor' : 'chunk'} ${chunk.name}`, total(filesOf(own)), locale ? BUDGETS.locale : mail ? BUDGETS.mail : BUDGETS.route])
}
// The budget is for what a page makes people wait for: the frame's styles and those of one screen. All screens' styles together say
// nothing about that; they grow with every screen.
const stylesOf = (keys) => total([...new Set([...keys].flatMap((key) => manifest[key].css ?? []))])
const frame = stylesOf(initial)
const screens = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry).map((key) => [stylesOf([...closure(key)].filter((other) => !initial.has(other))), manifest[key].name])
const [most, largest] = screens.sort(([a], [b]) => b - a)[0]
rows.push([`CSS of the frame and ${largest}`, frame + most, BUDGETS.css])
rows.push(['form embed', size('embed/form.js'), BUDGETS.embed])
rows.push(['goal embed', size('embed/goal.js'), KB])

let failed = false
for (const [name, bytes, budget] of rows) {
  const over = bytes > budget
  failed ||= over
  console.log(`${over ? 'OVER ' : 'ok   '} ${name.padEnd(28)} ${(bytes / KB).toFixed(1).padStart(6)} KB of ${(budget / KB).toFixed(0)} KB`)
}
// Nothing may be loaded from another host. Namespaces and documentation links inside strings are not requests.
const html = readFileSync(join(dist, 'index.html'), 'utf8')
if (/(src|href)="https?:/.test(html)) {
  failed = true
  console.log('OVER  index.html loads something from another host')
}
process.exit(failed ? 1 : 0)
