/** Two records that may be one: why, and what each field says. */
import { countryName, date, has, label, languageName, t } from '../../i18n/index.svelte'
import { session } from '../../state/session.svelte'

export interface Reason {
  code: string
  field: string
}
export interface Lookalike {
  id: string
  display_name: string
  reasons: Reason[]
}
export interface Difference {
  field: string
  this: unknown
  other: unknown
  chosen: 'this' | 'other'
}
export const reasonsOf = (reasons: readonly Reason[]): string => [...new Set(reasons.map((one) => label('duplicate', one.code)))].join(' · ')

/** What a field of a contact or company is called. */
export function fieldName(field: string, own: readonly { key: string; name: string }[] = []): string {
  const key = field.replace(/^custom\./, '')
  const custom = field.startsWith('custom.') ? own.find((one) => one.key === key) : undefined
  if (custom) return custom.name
  const names: Record<string, string> = { owner_id: 'list.owner', lifecycle_stage: 'contacts.stage', company_id: 'contacts.company', company_name: 'contacts.company', emails: 'contacts.emails', phones: 'contacts.phones', time_zone: 'contacts.zone', parent_id: 'companies.parent', domains: 'companies.domains' }
  const text = names[field] ?? (has(`contacts.${field}`) ? `contacts.${field}` : `companies.${field}`)
  return has(text) ? t(text) : label('', field)
}
/** A field's value in words. */
export function fieldValue(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value)) return value.map((one) => fieldValue(field, one)).join(', ')
  if (typeof value === 'object') {
    const one = value as Record<string, unknown>
    if ('address' in one) return String(one.address)
    if ('number' in one) return String(one.number)
    if ('amount' in one) return `${String(one.amount)} ${String(one.currency ?? '')}`
    if ('street' in one || 'postal_code' in one) return [one.street, one.postal_code, one.city, one.country ? countryName(String(one.country)) : ''].filter(Boolean).join(', ')
    if ('status' in one) return [label('kyc', String(one.status)), one.document_type, one.document_number].filter(Boolean).join(' · ')
    return Object.values(one).filter((each) => each !== null && each !== '').join(' ')
  }
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  const text = String(value)
  if (field === 'owner_id') return session.memberName(text)
  if (field === 'lifecycle_stage') return label('stage', text)
  if (field === 'country') return countryName(text)
  if (field === 'language') return languageName(text)
  if (field === 'birthday') return date(text)
  return text
}
/** Whether two values say the same: lists in any order, empty as good as missing. */
export function sameValue(one: unknown, other: unknown): boolean {
  const plain = (value: unknown): string => {
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) return ''
    if (Array.isArray(value)) return JSON.stringify(value.map(plain).sort())
    if (typeof value === 'object') return JSON.stringify(Object.entries(value).map(([key, each]) => [key, plain(each)]).filter(([, each]) => each !== '').sort())
    return JSON.stringify(value)
  }
  return plain(one) === plain(other)
}
