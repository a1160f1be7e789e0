/** Which columns a list shows, in which order: chosen by the person, kept in the browser, or by a saved view. */
import type { Column } from '../ui/DataTable.svelte'

export interface ListColumn extends Column {
  /** Shown where nobody chose. */
  initial?: boolean
  /** Always there, always first. */
  fixed?: boolean
}
const place = (kind: string): string => `clientela.columns.${kind}`

/** The columns to show: those wanted that exist, in that order; without a wish, the initial ones. */
export function arranged(all: readonly ListColumn[], wanted: readonly string[] | null | undefined): ListColumn[] {
  const fixed = all.filter((one) => one.fixed)
  if (!wanted?.length) return [...fixed, ...all.filter((one) => one.initial && !one.fixed)]
  const rest = wanted.map((id) => all.find((one) => one.id === id)).filter((one): one is ListColumn => one !== undefined && !one.fixed)
  return [...fixed, ...rest.map(({ from: _from, ...one }) => one)]
}
/** The same list with one moved up (-1) or down (1). */
export function moved(ids: readonly string[], id: string, step: number): string[] {
  const from = ids.indexOf(id)
  const to = Math.max(0, Math.min(ids.length - 1, from + step))
  const next = [...ids]
  next.splice(from, 1)
  next.splice(to, 0, id)
  return next
}
export function remembered(kind: string): string[] | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(place(kind)) ?? 'null')
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === 'string') : null
  } catch {
    return null
  }
}
export function remember(kind: string, ids: readonly string[] | null): void {
  try {
    ids ? localStorage.setItem(place(kind), JSON.stringify(ids)) : localStorage.removeItem(place(kind))
  } catch {
    // Private windows may refuse storage; the columns then last until the page closes.
  }
}
