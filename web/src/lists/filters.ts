/** Conditions on a list: as people build them, as the API takes them, and in words. All of a list's conditions must hold. */
import { countryName, date, label, languageName, number, t } from '../i18n/index.svelte'

export const OPS = ['is', 'in', 'not', 'empty', 'present', 'between', 'at_least', 'at_most', 'begins'] as const
export type Op = (typeof OPS)[number]
type Plain = string | number | boolean

export interface ListCondition {
  field: string
  op: Op
  value?: Plain | Plain[]
  from?: Plain
  to?: Plain
}
export type FieldKind = 'text' | 'number' | 'money' | 'date' | 'choice' | 'boolean' | 'tag' | 'member' | 'company' | 'country' | 'language'

/** A field that a list can be narrowed by. */
export interface FilterField {
  key: string
  label: string
  kind: FieldKind
  options?: { value: string; label: string }[]
  /** What the API can compare this field by, where that is less than its kind allows. */
  ops?: Op[]
}
const BY_KIND: Record<FieldKind, Op[]> = {
  text: ['is', 'begins', 'in', 'present', 'empty'],
  number: ['between', 'at_least', 'at_most', 'is', 'present', 'empty'],
  money: ['between', 'at_least', 'at_most', 'is', 'present', 'empty'],
  date: ['between', 'at_least', 'at_most', 'is', 'present', 'empty'],
  choice: ['in', 'is', 'not', 'present', 'empty'],
  boolean: ['is', 'present', 'empty'],
  tag: ['is', 'in', 'present', 'empty'],
  member: ['is', 'in', 'not', 'present', 'empty'],
  company: ['is', 'present', 'empty'],
  country: ['is', 'in', 'not', 'present', 'empty'],
  language: ['is', 'in', 'not', 'present', 'empty'],
}
export const opsOf = (field: FilterField): Op[] => field.ops ?? BY_KIND[field.kind]

/** A condition's editable side: texts, because half a number is no number yet. */
export interface Draft {
  field: string
  op: Op
  value: string
  values: string[]
  from: string
  to: string
}
export const draftOf = (field: FilterField, condition?: ListCondition): Draft => ({
  field: field.key,
  op: condition?.op ?? opsOf(field)[0] ?? 'is',
  value: condition && !Array.isArray(condition.value) ? String(condition.value ?? '') : '',
  values: Array.isArray(condition?.value) ? condition.value.map(String) : [],
  from: String(condition?.from ?? ''),
  to: String(condition?.to ?? ''),
})

function typed(field: FilterField, text: string): Plain | null {
  const plain = text.trim()
  if (!plain) return null
  if (field.kind === 'boolean') return plain === 'true'
  if (field.kind !== 'number' && field.kind !== 'money') return field.kind === 'tag' ? plain.toLowerCase() : plain
  const amount = Number(plain.replace(',', '.'))
  return Number.isFinite(amount) ? amount : null
}

/** The condition a draft says, or null while something is missing. */
export function conditionOf(draft: Draft, field: FilterField): ListCondition | null {
  const base = { field: draft.field, op: draft.op }
  if (draft.op === 'empty' || draft.op === 'present') return base
  if (draft.op === 'between') {
    const from = typed(field, draft.from)
    const to = typed(field, draft.to)
    if (from === null && to === null) return null
    if (to === null) return { ...base, op: 'at_least', value: from as Plain }
    if (from === null) return { ...base, op: 'at_most', value: to }
    return from <= to ? { ...base, from, to } : { ...base, from: to, to: from }
  }
  if (draft.op === 'in') {
    const values = [...new Set(draft.values.map((one) => typed(field, one)).filter((one) => one !== null))]
    if (!values.length) return null
    return values.length === 1 ? { ...base, op: 'is', value: values[0] as Plain } : { ...base, value: values }
  }
  const value = typed(field, draft.value)
  return value === null ? null : { ...base, value }
}

/** The conditions in an address or a view; what is none is left out. */
export function readFilter(text: string | null | undefined): ListCondition[] {
  if (!text) return []
  try {
    const found: unknown = JSON.parse(text)
    if (!Array.isArray(found)) return []
    return found.filter((one): one is ListCondition => typeof one === 'object' && one !== null && typeof (one as ListCondition).field === 'string' && OPS.includes((one as ListCondition).op))
  } catch {
    return []
  }
}
/** The conditions as the API takes them, or null where there are none. */
export const writeFilter = (conditions: readonly ListCondition[]): string | null => (conditions.length ? JSON.stringify(conditions) : null)

/** Whether two lists of conditions say the same, in whatever order. */
export function sameFilter(one: readonly ListCondition[], other: readonly ListCondition[]): boolean {
  const texts = (list: readonly ListCondition[]): string => JSON.stringify(list.map((each) => JSON.stringify(Object.entries(each).sort(([a], [b]) => a.localeCompare(b)))).sort())
  return texts(one) === texts(other)
}
/** The conditions with one turned on, or off when it holds already. */
export function toggled(conditions: readonly ListCondition[], wanted: readonly ListCondition[]): ListCondition[] {
  const has = (list: readonly ListCondition[], one: ListCondition): boolean => list.some((each) => sameFilter([each], [one]))
  return wanted.every((one) => has(conditions, one)) ? conditions.filter((one) => !has(wanted, one)) : [...conditions.filter((one) => !wanted.some((each) => each.field === one.field)), ...wanted]
}

/** Names of what conditions point at by id. */
export interface Names {
  member: (id: string) => string
  company?: (id: string) => string
}
function shown(field: FilterField, value: Plain | undefined, names: Names): string {
  if (value === undefined) return ''
  const text = String(value)
  const option = field.options?.find((one) => one.value === text)
  if (option) return option.label
  switch (field.kind) {
    case 'boolean':
      return t(value === true || text === 'true' ? 'common.yes' : 'common.no')
    case 'member':
      return text === 'me' ? t('list.me') : names.member(text) || text
    case 'company':
      return names.company?.(text) || text
    case 'country':
      return countryName(text)
    case 'language':
      return languageName(text)
    case 'date':
      return date(text)
    case 'number':
    case 'money':
      return number(Number(value), 2)
    default:
      return text
  }
}
/** A condition as a chip says it: "Country is Spain or France". */
export function inWords(condition: ListCondition, field: FilterField | undefined, names: Names): string {
  const known = field ?? { key: condition.field, label: condition.field, kind: 'text' as const }
  const name = known.label
  switch (condition.op) {
    case 'empty':
    case 'present':
      return `${name} ${t(`list.op.${condition.op}`)}`
    case 'between':
      return t('list.between', { name, from: shown(known, condition.from, names), to: shown(known, condition.to, names) })
    case 'in': {
      const values = (Array.isArray(condition.value) ? condition.value : []).map((one) => shown(known, one, names))
      const said = values.length > 3 ? t('list.values', { first: values.slice(0, 2).join(', '), n: values.length - 2 }) : values.join(` ${t('list.or')} `)
      return `${name} ${t('list.op.is')} ${said}`
    }
    default: {
      const value = shown(known, Array.isArray(condition.value) ? condition.value[0] : condition.value, names)
      return `${name} ${label('list.op', condition.op).toLowerCase()} ${value}`
    }
  }
}
