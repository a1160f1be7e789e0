/** What conditions can be made of: the workspace's fields with their operators and values, and what a value of each looks like. */
import type { components } from '../../api/schema'
import type { Condition } from './tree'

export type SegmentField = components['schemas']['ConditionFieldOut']
export type Catalogue = components['schemas']['ConditionCatalogueOut']
export type Kind = SegmentField['kind']
export type Choice = components['schemas']['ConditionChoiceOut']

/** What is asked for beside an operator. */
export type Shape = 'none' | 'one' | 'many' | 'range' | 'money' | 'money_range' | 'boolean' | 'day' | 'days' | 'relative' | 'behaviour' | 'sample'
const RELATIVE = new Set(['in_last', 'more_than_ago', 'in_next', 'more_than_ahead', 'anniversary_in_next', 'anniversary_in_last'])

export function shapeOf(kind: Kind, op: string): Shape {
  if (op === 'present' || op === 'absent' || op === 'anniversary_today') return 'none'
  if (kind === 'behaviour' || kind === 'sample' || kind === 'boolean') return kind
  if (RELATIVE.has(op)) return 'relative'
  if (op === 'between') return kind === 'money' ? 'money_range' : kind === 'number' ? 'range' : 'days'
  if (kind === 'money') return 'money'
  if (kind === 'date' || kind === 'instant') return 'day'
  return op === 'in' || op === 'not_in' ? 'many' : 'one'
}
/** The units a relative period can have. */
export function unitsOf(kind: Kind, op: string): string[] {
  if (op.startsWith('anniversary')) return ['day', 'week', 'month']
  return [...(kind === 'instant' || kind === 'behaviour' ? ['hour'] : []), 'day', 'week', 'month', 'year']
}

export interface Relative {
  amount: number
  unit: string
}
export interface Period {
  in_last?: Relative
  more_than_ago?: Relative
  on?: string
  before?: string
  after?: string
  between?: { from: string; to: string }
}
export interface Behaviour {
  campaign?: string
  form?: string
  pipeline?: string
  link?: string
  times?: number
  period?: Period
}
export interface Sample {
  from: number
  to: number
  salt: string
}
export type Obj = Record<string, unknown>
const object = (value: unknown): Obj | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Obj) : undefined)

/** A value to begin with; what stood there stays as far as it fits. */
export function valueFor(field: SegmentField, op: string, before: unknown, currency: string): unknown {
  const held = object(before)
  switch (shapeOf(field.kind, op)) {
    case 'none':
      return undefined
    case 'one':
      if (Array.isArray(before)) return before[0] ?? ''
      if (field.kind === 'number') return typeof before === 'number' ? before : ((held?.['from'] as number | undefined) ?? null)
      return typeof before === 'string' ? before : ''
    case 'many':
      return Array.isArray(before) ? before : before && typeof before === 'string' ? [before] : []
    case 'range':
      return held && 'from' in held && 'to' in held ? held : { from: typeof before === 'number' ? before : null, to: null }
    case 'money':
      return held && 'amount' in held && 'currency' in held ? held : { amount: (held?.['from'] as string | undefined) ?? '', currency: (held?.['currency'] as string | undefined) ?? currency }
    case 'money_range':
      return held && 'from' in held && 'currency' in held ? held : { from: (held?.['amount'] as string | undefined) ?? '', to: '', currency: (held?.['currency'] as string | undefined) ?? currency }
    case 'boolean':
      return typeof before === 'boolean' ? before : true
    case 'day':
      return typeof before === 'string' ? before : ((held?.['from'] as string | undefined) ?? '')
    case 'days':
      return held && 'from' in held && 'to' in held ? held : { from: typeof before === 'string' ? before : '', to: '' }
    case 'relative': {
      const relative = held && 'unit' in held ? (held as unknown as Relative) : { amount: 30, unit: 'day' }
      return unitsOf(field.kind, op).includes(relative.unit) ? relative : { ...relative, unit: 'day' }
    }
    case 'behaviour':
      return held && !('unit' in held) && !('from' in held) ? held : {}
    case 'sample':
      return held && 'salt' in held ? held : { from: 0, to: 10, salt: crypto.randomUUID().slice(0, 8) }
  }
}
/** A condition of a field with its first operator. */
export function conditionOf(field: SegmentField, currency: string, op = field.operators[0] ?? 'is', value?: unknown): Condition {
  const given = value === undefined ? valueFor(field, op, undefined, currency) : value
  return given === undefined ? { field: field.field, op } : { field: field.field, op, value: given }
}
/** The condition with another operator. */
export function withOp(field: SegmentField, condition: Condition, op: string, currency: string): Condition {
  return conditionOf(field, currency, op, valueFor(field, op, condition.value, currency))
}
const filled = (value: unknown): boolean => value !== null && value !== undefined && value !== '' && !(typeof value === 'number' && Number.isNaN(value))
/** Whether a row says all it has to; rows that do not are left out of the count and cannot be saved. */
export function isComplete(field: SegmentField | undefined, { op, value }: Condition): boolean {
  // What the catalogue does not know any more is for the API to judge: it names the problem.
  if (!field) return true
  const held = object(value) ?? {}
  const period = held['period'] as Period | undefined
  switch (shapeOf(field.kind, op)) {
    case 'none':
    case 'boolean':
      return true
    case 'one':
    case 'day':
      return filled(typeof value === 'string' ? value.trim() : value)
    case 'many':
      return Array.isArray(value) && value.length > 0
    case 'range':
    case 'money_range':
    case 'days':
      return filled(held['from']) && filled(held['to'])
    case 'money':
      return filled(held['amount'])
    case 'relative':
      return Number(held['amount']) >= 1
    case 'behaviour':
      return !period || Object.values(period).every((one) => (typeof one === 'string' ? filled(one) : Object.values(one ?? {}).every(filled)))
    case 'sample':
      return filled(held['from']) && filled(held['to']) && Number(held['from']) < Number(held['to'])
  }
}
