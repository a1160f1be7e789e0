/** What company lists show, sort and narrow by. */
import type { Company } from '../../api/types'
import { t } from '../../i18n/index.svelte'
import type { BulkField } from '../../lists/bulk'
import type { ListColumn } from '../../lists/columns'
import type { FilterField } from '../../lists/filters'

export const SIZES = ['1-10', '11-50', '51-200', '201-500', '501-1000', '1001+']
export const domainOf = (one: Company): string => one.domains?.[0] ?? ''

export const companyColumns = (): ListColumn[] => [
  { id: 'name', label: t('companies.name'), width: 'minmax(200px, 1.8fr)', min: 200, sort: 'name', fixed: true },
  { id: 'domain', label: t('companies.domain'), width: 'minmax(140px, 1.2fr)', min: 140, from: 640, initial: true },
  { id: 'industry', label: t('companies.industry'), width: 'minmax(110px, 1fr)', min: 110, from: 820, initial: true, edit: true },
  { id: 'size', label: t('companies.size'), width: '100px', min: 100, edit: true },
  { id: 'place', label: t('companies.place'), width: 'minmax(120px, 1fr)', min: 120, from: 720, initial: true },
  { id: 'owner', label: t('list.owner'), width: 'minmax(110px, 1fr)', min: 110, from: 900, initial: true, edit: true, sort: 'owner' },
  { id: 'tags', label: t('contacts.tags'), width: 'minmax(130px, 1fr)', min: 130, from: 1060, initial: true, edit: true },
  { id: 'created', label: t('contacts.created'), width: '104px', min: 104, align: 'end', initial: true, sort: 'created', descending: true },
]
export const companyFilters = (): FilterField[] => [
  { key: 'owner_id', label: t('list.owner'), kind: 'member' },
  { key: 'tag', label: t('rules.field.tag'), kind: 'tag' },
  { key: 'industry', label: t('companies.industry'), kind: 'text' },
  { key: 'country', label: t('contacts.country'), kind: 'country' },
  { key: 'city', label: t('contacts.city'), kind: 'text' },
  { key: 'created', label: t('contacts.created'), kind: 'date', ops: ['between', 'at_least', 'at_most'] },
]
export const companyBulkFields = (): BulkField[] => [
  { key: 'industry', label: t('companies.industry'), kind: 'text' },
  { key: 'size', label: t('companies.size'), kind: 'choice', options: SIZES.map((value) => ({ value, label: value })) },
  { key: 'country', label: t('contacts.country'), kind: 'country' },
  { key: 'city', label: t('contacts.city'), kind: 'text' },
]
