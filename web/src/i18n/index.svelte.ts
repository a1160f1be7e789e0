/** Texts and formats of the chosen language. Locales load on demand; `t` is reactive. */
export type Locale = 'es' | 'en'
type Params = Record<string, string | number>

/** Texts that load together: those of the frame always, the others with the first screen that needs them. */
export type Bundle = 'frame' | 'customers' | 'sales' | 'segments' | 'campaigns' | 'templates' | 'results' | 'sending'
type Load = () => Promise<{ default: Record<string, string> }>
const loaders: Record<Bundle, Record<Locale, Load>> = {
  frame: { es: () => import('./es.json'), en: () => import('./en.json') },
  customers: { es: () => import('./customers/es.json'), en: () => import('./customers/en.json') },
  sales: { es: () => import('./sales/es.json'), en: () => import('./sales/en.json') },
  segments: { es: () => import('./segments/es.json'), en: () => import('./segments/en.json') },
  sending: { es: () => import('./sending/es.json'), en: () => import('./sending/en.json') },
  campaigns: { es: () => import('./campaigns/es.json'), en: () => import('./campaigns/en.json') },
  templates: { es: () => import('./templates/es.json'), en: () => import('./templates/en.json') },
  results: { es: () => import('./results/es.json'), en: () => import('./results/en.json') },
}
const loaded = new Set<Bundle>(['frame'])
const state = $state<{ locale: Locale; messages: Record<string, string> }>({ locale: 'en', messages: {} })

/** The language in use. */
export function locale(): Locale {
  return state.locale
}

async function texts(bundles: Iterable<Bundle>, of: Locale): Promise<Record<string, string>> {
  const parts = await Promise.all([...bundles].map(async (bundle) => (await loaders[bundle][of]()).default))
  return Object.assign({}, ...parts) as Record<string, string>
}

/** Loads the texts a screen needs besides those of the frame. */
export async function need(...bundles: Bundle[]): Promise<void> {
  const fresh = bundles.filter((bundle) => !loaded.has(bundle))
  if (!fresh.length) return
  const of = state.locale
  const more = await texts(fresh, of)
  for (const bundle of fresh) loaded.add(bundle)
  // The language may have changed meanwhile.
  state.messages = { ...state.messages, ...(of === state.locale ? more : await texts(fresh, state.locale)) }
}

/** Loads a language and shows everything in it. */
export async function setLocale(next: Locale): Promise<void> {
  const messages = await texts(loaded, next)
  state.messages = messages
  state.locale = next
  document.documentElement.lang = next
  try {
    localStorage.setItem('clientela.language', next)
  } catch {
    // Private windows may refuse storage; the language then lasts until the page closes.
  }
}

/** The stored language, or the browser's. */
export function preferredLocale(): Locale {
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem('clientela.language')
  if (stored === 'es' || stored === 'en') return stored
  return navigator.language.startsWith('es') ? 'es' : 'en'
}

/** The text of a key with `{name}` placeholders filled; the key itself where the text is missing. */
export function t(key: string, params?: Params): string {
  const text = state.messages[key] ?? key
  return params ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole)) : text
}

/** Whether the language has a text for a key (for values that come from the API). */
export function has(key: string): boolean {
  return key in state.messages
}

/** A text for a value of the API, or the value made readable where there is none. */
export function label(prefix: string, value: string | null | undefined): string {
  if (!value) return '–'
  const key = `${prefix}.${value}`
  return has(key) ? t(key) : value.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())
}

/** The singular or plural text (`key_one`, `key_other`) with `{n}` formatted. */
export function tn(key: string, n: number, params: Params = {}): string {
  return t(`${key}_${new Intl.PluralRules(state.locale).select(n) === 'one' ? 'one' : 'other'}`, { n: number(n), ...params })
}

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()
function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${state.locale}${JSON.stringify(options)}`
  let found = cache.get(key) as Intl.NumberFormat | undefined
  // Spanish groups four digits only from 10,000 on; the interface keeps it (norma de la RAE).
  if (!found) cache.set(key, (found = new Intl.NumberFormat(state.locale, options)))
  return found
}
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${state.locale}${JSON.stringify(options)}`
  let found = cache.get(key) as Intl.DateTimeFormat | undefined
  if (!found) cache.set(key, (found = new Intl.DateTimeFormat(state.locale, options)))
  return found
}

export function number(value: number | null | undefined, digits = 0): string {
  return value == null ? '–' : numberFormat({ maximumFractionDigits: digits }).format(value)
}
export function percent(part: number, whole: number, digits = 0): string {
  return whole > 0 ? numberFormat({ style: 'percent', maximumFractionDigits: digits }).format(part / whole) : '–'
}
export function money(amount: string | number | null | undefined, currency = 'USD', digits?: number, least?: number): string {
  if (amount == null || amount === '') return '–'
  const options: Intl.NumberFormatOptions = { style: 'currency', currency }
  if (digits !== undefined) options.maximumFractionDigits = digits
  if (least !== undefined) options.minimumFractionDigits = least
  return numberFormat(options).format(Number(amount))
}
/** A moment, e.g. "21 Nov 2026, 10:30", in the browser's zone or the one given. */
export function dateTime(at: string | null | undefined, timeZone?: string): string {
  if (!at) return '–'
  return dateFormat({ dateStyle: 'medium', timeStyle: 'short', ...(timeZone ? { timeZone } : {}) }).format(new Date(at))
}
/** A date; a plain `YYYY-MM-DD` carries no zone and is shown as it is. */
export function date(at: string | null | undefined, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string {
  if (!at) return '–'
  return /^\d{4}-\d\d-\d\d$/.test(at)
    ? dateFormat({ ...options, timeZone: 'UTC' }).format(new Date(`${at}T00:00:00Z`))
    : dateFormat(options).format(new Date(at))
}
/** "3 min ago", "yesterday", or the date when it is older than a week. */
export function ago(at: string | null | undefined, now = Date.now()): string {
  if (!at) return '–'
  const seconds = (new Date(at).getTime() - now) / 1000
  const past = Math.abs(seconds)
  const format = new Intl.RelativeTimeFormat(state.locale, { numeric: 'auto', style: 'short' })
  if (past < 45) return t('time.now')
  if (past < 3600) return format.format(Math.round(seconds / 60), 'minute')
  if (past < 86400) return format.format(Math.round(seconds / 3600), 'hour')
  if (past < 7 * 86400) return format.format(Math.round(seconds / 86400), 'day')
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return dateFormat(sameYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'medium' }).format(new Date(at))
}
/** The name of a language, country or weekday in the chosen language. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(state.locale, { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}
export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(state.locale, { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}
/** ISO weekday 1 (Monday) to 7. */
export function weekdayName(day: number): string {
  return dateFormat({ weekday: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, day)))
}
/** Texts a form keeps in both languages: the chosen one, or the other. */
export function both(text: { es?: string; en?: string } | null | undefined): string {
  return text?.[state.locale] || text?.en || text?.es || ''
}
