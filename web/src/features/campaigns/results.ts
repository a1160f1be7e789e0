/** What the results screen makes of the API's figures. Pure, but for the download. */
import type { components } from '../../api/schema'
import { percent } from '../../i18n/index.svelte'

export type Results = components['schemas']['ResultsOut']
export type Moment = Results['hours'][number]
export interface Bar {
  at: string
  opened: number
  clicked: number
  machine: number
}

/** The bars of the time chart without gaps: hours of the first days, or all days. */
export function bars(results: Results, by: 'hour' | 'day'): Bar[] {
  const found = new Map<string, Bar>()
  const keyOf = by === 'hour' ? (at: string): string => at : dayOf(results.time_zone)
  for (const moment of results.hours) {
    if (by === 'hour' && moment.hours !== 1) continue
    const key = keyOf(moment.at)
    const bar = found.get(key) ?? { at: by === 'hour' ? moment.at : key, opened: 0, clicked: 0, machine: 0 }
    bar.opened += moment.opened
    bar.clicked += moment.clicked
    bar.machine += moment.machine_opens + moment.machine_clicks
    found.set(key, bar)
  }
  const keys = [...found.keys()].sort()
  const first = keys[0]
  const last = keys.at(-1)
  if (!first || !last) return []
  const step = (by === 'hour' ? 1 : 24) * 3_600_000
  const out: Bar[] = []
  const plain = (time: number): string => (by === 'hour' ? new Date(time).toISOString() : new Date(time).toISOString().slice(0, 10))
  for (let time = Date.parse(first); time <= Date.parse(last) && out.length < 400; time += step) {
    const at = plain(time)
    out.push(found.get(at) ?? { at, opened: 0, clicked: 0, machine: 0 })
  }
  return out
}

/** The day of a moment on a zone's clocks: `2026-11-22`. */
function dayOf(zone: string): (at: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (at) => format.format(new Date(at))
}

/** A mail's HTML with each link marked by its share of clicks; scripts were never in it, and the frame it goes into runs none. */
export function heated(html: string, results: Results, machines: boolean, words: (people: number, clicks: number) => string): string {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const count = (link: Results['links'][number]): number => link.clicks + (machines ? link.machine_clicks : 0)
  const most = Math.max(1, ...results.links.map(count))
  const total = results.links.reduce((sum, link) => sum + count(link), 0)
  const byUrl = new Map(results.links.map((link) => [link.url, link]))
  for (const anchor of page.querySelectorAll('a[href]')) {
    const link = byUrl.get(anchor.getAttribute('href') ?? '')
    if (!link) continue
    const heat = count(link) / most
    const badge = page.createElement('span')
    badge.textContent = percent(count(link), Math.max(1, total))
    badge.title = words(link.people, count(link))
    badge.setAttribute('style', `display:inline-block;margin:0 0 0 4px;padding:1px 6px;border-radius:9px;font:700 11px/1.4 Arial,sans-serif;text-decoration:none;color:#fff;background:hsl(${Math.round(210 - heat * 205)} 70% 34%)`)
    const own = anchor.getAttribute('style') ?? ''
    anchor.setAttribute('style', `${own};outline:2px solid hsl(${Math.round(210 - heat * 205)} 70% 45% / ${0.35 + heat * 0.65});outline-offset:2px`)
    anchor.removeAttribute('href')
    anchor.append(badge)
  }
  return `<!doctype html>${page.documentElement.outerHTML}`
}

const DANGEROUS = /^[=+\-@\t\r\0\uFF1D\uFF0B\uFF0D\uFF20]/

/** One cell of a CSV: quoted, and never a formula to a spreadsheet. */
export function cell(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && DANGEROUS.test(value) ? `'${value}` : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Everything on the screen as a CSV: section, name, figure, value. */
export function csv(results: Results): string {
  const rows: (string | number | null)[][] = [['section', 'name', 'figure', 'value']]
  for (const [name, value] of Object.entries(results.totals)) rows.push(['totals', name, 'count', value])
  for (const [name, value] of Object.entries(results.rates)) rows.push(['rates', name, 'share', value])
  for (const link of results.links) {
    for (const figure of ['people', 'clicks', 'machine_clicks', 'share'] as const) rows.push(['links', link.url, figure, link[figure]])
  }
  for (const section of ['clients', 'devices', 'bounces'] as const) for (const one of results[section]) rows.push([section, one.name, 'people', one.people])
  for (const section of ['variants', 'languages'] as const) {
    for (const { name, ...counts } of results[section]) for (const [figure, value] of Object.entries(counts)) rows.push([section, name, figure, value])
  }
  for (const moment of results.hours) {
    for (const figure of ['opened', 'clicked', 'machine_opens', 'machine_clicks'] as const) rows.push([moment.hours === 1 ? 'hours' : 'days', moment.at, figure, moment[figure]])
  }
  for (const one of results.conversions.revenue) rows.push(['revenue', one.currency, 'amount', one.amount])
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
