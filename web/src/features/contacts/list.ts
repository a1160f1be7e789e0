/** What contact lists show, sort and narrow by. */
import type { Contact, ContactChange } from '../../api/types'
import { countryName, label, languageName, t } from '../../i18n/index.svelte'
import type { BulkField } from '../../lists/bulk'
import type { ListColumn } from '../../lists/columns'
import type { FilterField } from '../../lists/filters'
import { languages } from '../../ui/countries'

export const STAGES = ['awareness', 'acquisition', 'retention', 'fulfilment', 'loyalty'] as const
export const GRADES = ['A1', 'A2', 'A3', 'B1', 'B2', 'B3', 'C1', 'C2', 'C3'] as const

export const stageOptions = (): { value: string; label: string }[] => STAGES.map((value) => ({ value, label: label('stage', value) }))
export const emailOf = (contact: Pick<Contact, 'emails'>): string => contact.emails.find((one) => one.primary)?.address ?? contact.emails[0]?.address ?? ''
export const phoneOf = (contact: Pick<Contact, 'phones'>): string => contact.phones.find((one) => one.primary)?.number ?? contact.phones[0]?.number ?? ''
export const initials = (contact: Pick<Contact, 'first_name' | 'last_name' | 'display_name'>): string =>
  ((contact.first_name || contact.display_name).charAt(0) + (contact.last_name ?? '').charAt(0)).toUpperCase()

export const contactColumns = (): ListColumn[] => [
  { id: 'name', label: t('contacts.name'), width: 'minmax(190px, 1.7fr)', min: 190, sort: 'name', fixed: true },
  { id: 'email', label: t('contacts.email'), width: 'minmax(160px, 1.5fr)', min: 160, from: 700, initial: true },
  { id: 'company', label: t('contacts.company'), width: 'minmax(120px, 1.1fr)', min: 120, from: 860, initial: true },
  { id: 'phone', label: t('field.phone'), width: '150px', min: 150 },
  { id: 'job_title', label: t('contacts.job_title'), width: 'minmax(120px, 1fr)', min: 120, edit: true },
  { id: 'owner', label: t('list.owner'), width: 'minmax(110px, 1fr)', min: 110, from: 980, initial: true, sort: 'owner', edit: true },
  { id: 'score', label: t('leads.score'), width: '98px', min: 98, initial: true, sort: 'score', descending: true },
  { id: 'stage', label: t('rules.field.lifecycle_stage'), width: 'minmax(132px, 0.9fr)', min: 132, from: 1080, initial: true, edit: true },
  { id: 'tags', label: t('contacts.tags'), width: 'minmax(130px, 1.2fr)', min: 130, from: 1180, initial: true, edit: true },
  { id: 'country', label: t('contacts.country'), width: 'minmax(110px, 0.8fr)', min: 110, edit: true },
  { id: 'city', label: t('contacts.city'), width: 'minmax(110px, 0.8fr)', min: 110, edit: true },
  { id: 'language', label: t('contacts.language'), width: '110px', min: 110, edit: true },
  { id: 'source', label: t('leads.source'), width: '110px', min: 110 },
  { id: 'birthday', label: t('contacts.birthday'), width: '120px', min: 120, edit: true },
  { id: 'updated', label: t('contacts.updated'), width: '110px', min: 110, align: 'end' },
  { id: 'created', label: t('contacts.created'), width: '104px', min: 104, align: 'end', initial: true, sort: 'created', descending: true },
]

export const contactFilters = (): FilterField[] => [
  { key: 'owner_id', label: t('list.owner'), kind: 'member' },
  { key: 'tag', label: t('rules.field.tag'), kind: 'tag' },
  { key: 'lifecycle_stage', label: t('contacts.stage'), kind: 'choice', options: stageOptions() },
  { key: 'company_id', label: t('contacts.company'), kind: 'company' },
  { key: 'country', label: t('contacts.country'), kind: 'country' },
  { key: 'language', label: t('contacts.language'), kind: 'language' },
  { key: 'source', label: t('leads.source'), kind: 'text' },
  { key: 'score', label: t('leads.score'), kind: 'number', ops: ['at_least', 'at_most', 'between', 'is'] },
  { key: 'grade', label: t('rules.field.grade'), kind: 'choice', options: GRADES.map((value) => ({ value, label: value })) },
  { key: 'created', label: t('contacts.created'), kind: 'date', ops: ['between', 'at_least', 'at_most'] },
]

export const contactBulkFields = (): BulkField[] => [
  { key: 'lifecycle_stage', label: t('contacts.stage'), kind: 'choice', options: stageOptions() },
  { key: 'language', label: t('contacts.language'), kind: 'language' },
  { key: 'country', label: t('contacts.country'), kind: 'country' },
  { key: 'city', label: t('contacts.city'), kind: 'text' },
  { key: 'job_title', label: t('contacts.job_title'), kind: 'text' },
]

/** Which field of the API a column edits, and what its text is there; null where nothing can be edited. */
export function cellField(column: string): keyof ContactChange | null {
  const fields: Record<string, keyof ContactChange> = { job_title: 'job_title', owner: 'owner_id', stage: 'lifecycle_stage', tags: 'tags', country: 'country', city: 'city', language: 'language', birthday: 'birthday' }
  return fields[column] ?? null
}
export const languageOptions = (given?: string | null): { value: string; label: string }[] => languages(given).map((value) => ({ value, label: languageName(value) }))
export const place = (one: { city?: string | null; country?: string | null }): string => [one.city, one.country ? countryName(one.country) : ''].filter(Boolean).join(', ')
