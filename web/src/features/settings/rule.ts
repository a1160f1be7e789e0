/** The conditions of scoring rules: their fields, their values, and a rule in words. */
import type { Condition, Conditions } from '../../api/types'
import { countryName, has, label, languageName, t } from '../../i18n/index.svelte'

export const fields = [
  'tag', 'consent', 'score_total', 'grade', 'score_fit', 'score_engagement', 'lifecycle_stage', 'source', 'campaign',
  'country', 'city', 'language', 'company', 'email_kind', 'open_lead',
] as const
export const stages = ['awareness', 'acquisition', 'retention', 'fulfilment', 'loyalty']
const countries = ['AR', 'BO', 'BR', 'CA', 'CL', 'CO', 'CR', 'DE', 'DO', 'EC', 'ES', 'FR', 'GB', 'GT', 'HN', 'IT', 'MX', 'NI', 'PA', 'PE', 'PR', 'PT', 'PY', 'SV', 'US', 'UY', 'VE']
const choices: Record<string, string[]> = {
  consent: ['marketing_email'],
  lifecycle_stage: stages,
  country: countries,
  language: ['es', 'en', 'pt', 'fr'],
  grade: ['A1', 'A2', 'A3', 'B1', 'B2', 'B3', 'C1', 'C2', 'C3'],
  email_kind: ['business', 'free'],
  open_lead: ['true', 'false'],
}
export const isNumber = (field: string): boolean => field.startsWith('score_')

/** The values to choose from, or null where people write one. */
export function choicesOf(field: string): string[] | null {
  return choices[field] ?? null
}
/** What the API calls these fields. */
const stored: Record<string, string> = {
  tag: 'contact.tag', score_total: 'score.total', grade: 'score.grade', score_fit: 'score.fit', score_engagement: 'score.engagement',
  lifecycle_stage: 'contact.lifecycle_stage', source: 'contact.source', campaign: 'contact.campaign', country: 'contact.country',
  city: 'contact.city', language: 'contact.language', company: 'company.name', email_kind: 'contact.email_kind', open_lead: 'contact.open_lead', phone: 'contact.phone',
}
const shown = Object.fromEntries(Object.entries(stored).map(([own, api]) => [api, own]))

export function defaultValue(field: string): string {
  if (field === 'country') return 'CO'
  if (isNumber(field)) return '30'
  return choices[field]?.[0] ?? ''
}
/** One comparison with its value in the field's type. */
export function test({ field, op, value }: { field: string; op: string; value: string }): Condition {
  if (field === 'consent') return { field: `consent.${value.trim()}`, op, value: 'granted' }
  return { field: stored[field] ?? field, op, value: isNumber(field) ? Number(value) : field === 'open_lead' ? value === 'true' : value.trim() }
}

/** A tree in words, e.g. "Tag is vip and country is Colombia". */
export function inWords(given: Conditions | Record<string, unknown> | null): string {
  if (!given) return ''
  // The API checks conditions when they are written; what it gives back is in the language.
  const tree = given as Conditions
  if ('all' in tree) return join(tree.all, t('segments.and'))
  if ('any' in tree) return join(tree.any, t('segments.or'))
  if ('none' in tree) return t('segments.negated', { text: join(tree.none, t('segments.or')) })
  const consent = tree.field.startsWith('consent.') ? tree.field.slice('consent.'.length) : ''
  const own = consent ? 'consent' : (shown[tree.field] ?? tree.field)
  const key = `rules.field.${own}`
  const field = has(key) ? t(key) : tree.field
  const found = consent || tree.value
  const value = Array.isArray(found) ? found : found == null ? [] : [found]
  return [field, t(`rules.op.${tree.op}`), value.map((one) => valueName(own, String(one))).join(', ')].filter(Boolean).join(' ')
}
function join(parts: Conditions[], word: string): string {
  return parts.map((part) => ('field' in part || 'none' in part ? inWords(part) : `(${inWords(part)})`)).join(` ${word} `)
}
export function valueName(field: string, value: string): string {
  if (field === 'consent') return label('purpose', value)
  if (field === 'lifecycle_stage') return label('stage', value)
  if (field === 'country') return countryName(value)
  if (field === 'language') return languageName(value)
  if (field === 'email_kind') return label('email_kind', value)
  if (field === 'open_lead') return t(value === 'true' ? 'common.yes' : 'common.no')
  return value
}
