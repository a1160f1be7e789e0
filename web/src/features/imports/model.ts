/** Imports: which column is which field, and where one is in the wizard. */
import type { components } from '../../api/schema'
import { locale } from '../../i18n/index.svelte'

type Schemas = components['schemas']
export type Import = Schemas['ImportOut']
export type Preview = Schemas['ImportPreview']
export type ImportKind = Import['kind']
export type Mapping = Record<string, string | null>
export type Column = Preview['columns'][number]
export type Field = Preview['fields'][number]

export const KINDS: ImportKind[] = ['contact', 'company', 'lead', 'deal']
/** By what records that are there already can be found, the usual first. */
export const MATCHES: Record<ImportKind, string[]> = { contact: ['email', 'phone', 'id'], company: ['domain', 'name', 'id'], lead: ['email', 'phone'], deal: ['id', 'title'] }
export const COUNTS = ['created', 'updated', 'unchanged', 'duplicate', 'rejected'] as const
const MB = 1024 * 1024
export const LARGEST = 200 * MB
const ENDINGS = /\.(csv|tsv|txt|xlsx|xlsm|xls|ods|vcf|vcard)$/i

/** Why a file cannot be taken, or null. */
export function refused(file: { name: string; size: number }): 'empty' | 'large' | 'type' | null {
  if (!ENDINGS.test(file.name)) return 'type'
  if (file.size === 0) return 'empty'
  return file.size > LARGEST ? 'large' : null
}
/** The mapping with a column given a field; a field belongs to one column, so it leaves the one that had it. */
export function assigned(mapping: Mapping, column: string, field: string | null): Mapping {
  const next = Object.fromEntries(Object.entries(mapping).map(([name, taken]) => [name, field && taken === field ? null : taken]))
  return { ...next, [column]: field }
}
/** The mapping a preview suggests. */
export const suggested = (columns: readonly Column[]): Mapping => Object.fromEntries(columns.map((one) => [one.name, one.field ?? one.suggested?.field ?? null]))
export const sameMapping = (one: Mapping, other: Mapping): boolean => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
export const nameOf = (field: Field): string => field.label[locale()] || field.label.en || field.key

/** How a suggestion is to be trusted. */
export const trust = (column: Column): 'sure' | 'maybe' | 'none' => (!column.suggested ? 'none' : column.suggested.confidence >= 0.8 ? 'sure' : 'maybe')

export type Step = 'file' | 'columns' | 'running' | 'result'
export function stepOf(one: Pick<Import, 'state' | 'dry_run'> | null): Step {
  if (!one) return 'file'
  if (one.state === 'uploading' || one.state === 'reading' || one.state === 'ready') return 'columns'
  return one.state === 'running' || one.state === 'cancelling' || one.state === 'undoing' ? 'running' : 'result'
}
export const moving = (state: Import['state']): boolean => ['uploading', 'reading', 'running', 'cancelling', 'undoing'].includes(state)
/** Whether what an import wrote can be taken back. */
export const undoable = (one: Pick<Import, 'state' | 'dry_run' | 'counts'> & Partial<Pick<Import, 'segment'>>): boolean =>
  ['done', 'cancelled', 'failed'].includes(one.state) && !one.dry_run && one.counts.created + one.counts.updated + (one.segment?.added ?? 0) > 0
/** Shares of the rows by verdict, for the bar; what is still to come is left out. */
export function shares(one: Pick<Import, 'counts' | 'total'>): { id: (typeof COUNTS)[number]; n: number; share: number }[] {
  const all = Math.max(one.total, COUNTS.reduce((sum, id) => sum + one.counts[id], 0), 1)
  return COUNTS.map((id) => ({ id, n: one.counts[id], share: one.counts[id] / all }))
}
