/** Values of the workspace's own fields: in words, for filters, in columns. */
import type { CustomField } from '../../api/customers'
import { date, money, number, t } from '../../i18n/index.svelte'
import type { FieldKind, FilterField } from '../../lists/filters'
import type { ListColumn } from '../../lists/columns'

const isMoney = (value: unknown): value is { amount: string; currency: string } => typeof value === 'object' && value !== null && 'amount' in value

/** A value as people read it; empty where there is none. */
export function showValue(field: Pick<CustomField, 'type' | 'options'>, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  const named = (one: unknown): string => field.options.find((option) => option.value === one)?.label ?? String(one)
  switch (field.type) {
    case 'boolean':
      return t(value ? 'common.yes' : 'common.no')
    case 'number':
      return number(Number(value), 6)
    case 'money':
      return isMoney(value) ? money(value.amount, value.currency) : String(value)
    case 'date':
      return date(String(value))
    case 'choice':
      return named(value)
    case 'multi_choice':
      return (Array.isArray(value) ? value : [value]).map(named).join(', ')
    default:
      return String(value)
  }
}
const KINDS: Partial<Record<CustomField['type'], FieldKind>> = { number: 'number', money: 'money', date: 'date', choice: 'choice', multi_choice: 'choice', boolean: 'boolean', text: 'text', url: 'text' }

/** What lists can be narrowed by among the own fields. */
export function filterFields(fields: readonly CustomField[]): FilterField[] {
  return fields.filter((one) => one.filterable && KINDS[one.type]).map((one) => ({ key: `custom.${one.key}`, label: one.name, kind: KINDS[one.type] as FieldKind, ...(one.options.length ? { options: one.options } : {}) }))
}
/** The own fields as columns to choose from. */
export function fieldColumns(fields: readonly CustomField[]): ListColumn[] {
  return fields.map((one) => ({
    id: `custom.${one.key}`, label: one.name, width: 'minmax(120px, 1fr)', min: 120,
    ...(one.type === 'number' || one.type === 'money' ? { align: 'end' as const } : {}),
    edit: ['text', 'number', 'date', 'choice', 'boolean', 'url'].includes(one.type),
  }))
}
/** What a text typed for a field means to the API; null empties it. Throws nothing: the API judges. */
export function readValue(field: Pick<CustomField, 'type'>, text: string): unknown {
  const plain = text.trim()
  if (!plain) return null
  if (field.type === 'number') {
    const value = Number(plain.replace(',', '.'))
    return Number.isFinite(value) ? value : plain
  }
  return field.type === 'boolean' ? plain === 'true' : plain
}
