/** Stages of a pipeline while they are edited. */
import type { Stage } from '../../api/sales'
import { slug } from '../../i18n/plain'

/** A stage's id from its name: lower case letters, digits and dashes, unlike those there are. */
export function stageId(name: string, taken: readonly string[]): string {
  const base = slug(name, '-', 36) || 'stage'
  let id = base
  for (let n = 2; taken.includes(id); n++) id = `${base}-${n}`
  return id
}
/** The list with one moved to another place. */
export function reordered<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list]
  const [one] = next.splice(from, 1)
  if (one === undefined) return next
  next.splice(to, 0, one)
  return next
}
/** Stages a saved pipeline had that are gone from the edited one. */
export function removed(before: readonly Stage[], now: readonly Stage[]): Stage[] {
  return before.filter((stage) => !now.some((one) => one.id === stage.id))
}
