/** What to do when somebody else changed a record meanwhile. */
import { fieldName, fieldValue, sameValue } from '../duplicates/merge'

export type Change = Record<string, unknown>
export interface ConflictRow {
  key: string
  label: string
  original: string
  mine: string
  current: string
}
const inner = (record: Change, key: string): unknown => (key.startsWith('custom.') ? (record['custom'] as Change | undefined)?.[key.slice(7)] : record[key])

/** A change with its own fields apart: `custom.plan` instead of `custom: {plan}`. */
export function flat(change: Change): Change {
  const { custom, ...rest } = change
  return { ...rest, ...Object.fromEntries(Object.entries((custom as Change | undefined) ?? {}).map(([key, value]) => [`custom.${key}`, value])) }
}
/** The other way. */
export function folded(change: Change): Change {
  const own = Object.entries(change).filter(([key]) => key.startsWith('custom.'))
  const rest = Object.fromEntries(Object.entries(change).filter(([key]) => !key.startsWith('custom.')))
  return own.length ? { ...rest, custom: Object.fromEntries(own.map(([key, value]) => [key.slice(7), value])) } : rest
}
/** Fields that both changed, to different values. Where nobody else touched a field, or both said the same, there is nothing to ask. */
export function contested(change: Change, before: Change, current: Change): string[] {
  return Object.entries(flat(change)).filter(([key, mine]) => !sameValue(inner(current, key), inner(before, key)) && !sameValue(inner(current, key), mine)).map(([key]) => key)
}
export function conflictRows(change: Change, before: Change, current: Change, own: readonly { key: string; name: string }[] = []): ConflictRow[] {
  const mine = flat(change)
  return contested(change, before, current).map((key) => ({ key, label: fieldName(key, own), original: fieldValue(key, inner(before, key)), mine: fieldValue(key, mine[key]), current: fieldValue(key, inner(current, key)) }))
}
/** The part of a change that is sent again: what nobody contests, and what mine wins. */
export function kept(change: Change, before: Change, current: Change, mine: readonly string[]): Change {
  const lost = contested(change, before, current).filter((key) => !mine.includes(key))
  return folded(Object.fromEntries(Object.entries(flat(change)).filter(([key]) => !lost.includes(key))))
}
/** What a record looked like in the fields of a change: the way back. */
export function previous(change: Change, before: Change): Change {
  return folded(Object.fromEntries(Object.keys(flat(change)).map((key) => [key, inner(before, key) ?? null])))
}
