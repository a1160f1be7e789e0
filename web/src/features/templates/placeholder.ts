/**
 * Placeholders as marketers see them: chips in the text. In the document they stand as `{{ contact.first_name | default("friend") }}`;
 * in the editor as an element that cannot be written into. What is more than a name with filters (conditions, expressions) stays text.
 */
export interface Filter {
  name: string
  /** As it was written, with its quotes. */
  argument: string | null
}
export interface Placeholder {
  name: string
  filters: Filter[]
}
export interface Known {
  name: string
  kind: 'text' | 'list' | 'date' | 'money' | 'number' | 'link'
  label: string
}
const WORD = /\{\{\s*([a-z_][\w.]*)((?:\s*\|\s*[a-z_]+(?:\(\s*(?:"[^"{}]*"|'[^'{}]*'|\d+)\s*\))?)*)\s*\}\}/gi
const FILTER = /\|\s*([a-z_]+)(?:\(\s*("[^"]*"|'[^']*'|\d+)\s*\))?/gi

/** The placeholder a text is, whole; null for anything else. */
export function read(text: string): Placeholder | null {
  const found = new RegExp(`^${WORD.source}$`, 'i').exec(text.trim())
  if (!found?.[1]) return null
  return { name: found[1], filters: [...(found[2] ?? '').matchAll(FILTER)].map((one) => ({ name: one[1] ?? '', argument: one[2] ?? null })) }
}
/** A text in the order it is read, its placeholders apart from its words. */
export function pieces(text: string): (string | Placeholder)[] {
  const found: (string | Placeholder)[] = []
  let from = 0
  for (const one of text.matchAll(WORD)) {
    if (one.index > from) found.push(text.slice(from, one.index))
    const made = read(one[0])
    if (made) found.push(made)
    from = one.index + one[0].length
  }
  return from < text.length ? [...found, text.slice(from)] : found
}
export function print(one: Placeholder): string {
  return `{{ ${[one.name, ...one.filters.map((filter) => (filter.argument === null ? filter.name : `${filter.name}(${filter.argument})`))].join(' | ')} }}`
}
/** A text as an argument: quotes of its own kind and braces cannot stand in it. */
export function quoted(text: string): string {
  const safe = text.replace(/[{}\\]/g, '').replace(/[\r\n]+/g, ' ')
  return safe.includes('"') ? `'${safe.replaceAll("'", '’')}'` : `"${safe}"`
}
const isDefault = (filter: Filter): boolean => filter.name === 'default' || filter.name === 'd'
/** What shows where there is no value; null where none is said. */
export function fallback(one: Placeholder): string | null {
  const found = one.filters.find(isDefault)
  return found ? (found.argument ?? '""').replace(/^["']|["']$/g, '') : null
}
export function withFallback(one: Placeholder, text: string): Placeholder {
  const others = one.filters.filter((filter) => !isDefault(filter))
  return { ...one, filters: text.trim() ? [...others, { name: 'default', argument: quoted(text.trim()) }] : others }
}
/** The filters that give a value its form, by its kind; each as it is written behind the name. */
export const FORMATS: Record<Known['kind'], readonly string[]> = {
  text: ['', 'name', 'upper', 'lower', 'capitalize'],
  list: ['', 'join', 'first', 'length'],
  date: ['date', 'date("short")', 'date("long")', 'date("day_month")'],
  money: ['money', 'number'],
  number: ['', 'number', 'number(2)'],
  link: [''],
}
export const isKind = (kind: string): kind is Known['kind'] => kind in FORMATS
export function format(one: Placeholder): string {
  const found = one.filters.find((filter) => !isDefault(filter))
  return found ? (found.argument === null ? found.name : `${found.name}(${found.argument})`) : ''
}
export function withFormat(one: Placeholder, written: string): Placeholder {
  const found = written ? new RegExp(`^${FILTER.source}$`, 'i').exec(`|${written}`) : null
  const form = found?.[1] ? [{ name: found[1], argument: found[2] ?? null }] : []
  return { ...one, filters: [...form, ...one.filters.filter(isDefault)] }
}

/** What a chip is called: the label of the API's list, else the end of the name. */
export function nameOf(one: Placeholder, known: readonly Known[]): string {
  return known.find((other) => other.name === one.name)?.label ?? (one.name.split('.').at(-1) ?? one.name).replaceAll('_', ' ')
}
const entity = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)
const plain = (text: string): string => text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')

/** A chip as it stands in the editor. */
export function chip(one: Placeholder, known: readonly Known[]): string {
  const or = fallback(one)
  return `<span class="chip" contenteditable="false" tabindex="0" role="button" data-placeholder="${entity(print(one))}">${entity(nameOf(one, known))}${or ? `<i>${entity(or)}</i>` : ''}</span>`
}
/** The HTML of a document with its placeholders as chips; those within tags (addresses) stay as they are. */
export function withChips(html: string, known: readonly Known[]): string {
  return html
    .split(/(<[^>]*>)/)
    .map((part) => (part.startsWith('<') ? part : part.replace(WORD, (text) => {
      const one = read(plain(text))
      return one ? chip(one, known) : text
    })))
    .join('')
}
/** Whether a text holds placeholders (then it cannot be judged as an address). */
export const holds = (text: string): boolean => /\{\{|\{%/.test(text)
/** What is put into a text for a value: names and the like with a fallback to begin with, dates and amounts in a form. */
export function insertion(one: Known, language: 'es' | 'en'): string {
  const friendly: Record<string, [string, string]> = {
    'contact.first_name': ['qué tal', 'there'], 'contact.city': ['tu ciudad', 'your city'], 'contact.company_name': ['tu empresa', 'your company'], 'company.name': ['tu empresa', 'your company'],
  }
  const form = FORMATS[one.kind][0]
  const found = withFormat({ name: one.name, filters: [] }, form ?? '')
  const or = friendly[one.name]
  return print(or ? withFallback(found, or[language === 'es' ? 0 : 1]) : found)
}
