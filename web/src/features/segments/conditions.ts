/** The condition builder's model and its translation to the API's tree. */
import type { Condition, Conditions } from '../../api/types'
import { countryName, label, languageName, t } from '../../i18n/index.svelte'

export type Match = 'all' | 'any'
export interface Row {
  id: number
  field: string
  op: string
  value: string
  not: boolean
}
export const fields = ['tag', 'consent', 'lifecycle_stage', 'country', 'language', 'score_total', 'source'] as const

let next = 1
export function row(field: string = 'tag'): Row {
  return { id: next++, field, op: field === 'score_total' ? 'at_least' : 'is', value: defaultValue(field), not: false }
}
export function defaultValue(field: string): string {
  const values: Record<string, string> = {
    consent: 'marketing_email', lifecycle_stage: 'acquisition', country: 'CO', language: 'es', score_total: '50',
  }
  return values[field] ?? ''
}

/** The tree the API takes; rows without a value are left out. */
export function toTree(match: Match, rows: Row[]): Conditions {
  const leaves = rows
    .filter((one) => one.value.trim() !== '')
    .map((one): Conditions => {
      const leaf: Condition = { field: one.field, op: one.op, value: one.field === 'score_total' ? Number(one.value) : one.value.trim() }
      return one.not ? { not: leaf } : leaf
    })
  return match === 'all' ? { all: leaves } : { any: leaves }
}

/** A tree in words, e.g. "Tag is vip and country is Colombia". */
export function inWords(tree: Conditions | null): string {
  if (!tree) return ''
  if ('all' in tree) return join(tree.all, t('segments.and'))
  if ('any' in tree) return join(tree.any, t('segments.or'))
  if ('not' in tree) return t('segments.negated', { text: inWords(tree.not) })
  return `${t(`segments.field.${tree.field}`)} ${t(`segments.op.${tree.op}`)} ${valueName(tree.field, String(tree.value))}`
}
function join(parts: Conditions[], word: string): string {
  return parts.map((part) => ('field' in part || 'not' in part ? inWords(part) : `(${inWords(part)})`)).join(` ${word} `)
}
export function valueName(field: string, value: string): string {
  if (field === 'consent') return label('purpose', value)
  if (field === 'lifecycle_stage') return label('stage', value)
  if (field === 'country') return countryName(value)
  if (field === 'language') return languageName(value)
  return value
}
