/** Months of a forecast put together for the chart and the table. */
import type { Forecast } from '../../api/sales'

export const measures = ['won', 'committed', 'best_case', 'weighted'] as const
export type Measure = (typeof measures)[number]
export type Sums = Record<Measure, number>
export interface Month extends Sums {
  month: string
  owners: (Sums & { owner_id: string | null })[]
}
const nothing = (): Sums => ({ won: 0, committed: 0, best_case: 0, weighted: 0 })

/** One row a month from `from` to `to` (`YYYY-MM`, both included), months without deals too. */
export function months(data: Forecast, from: string, to: string): Month[] {
  return span(from, to).map((month) => {
    const rows = data.months.filter((one) => one.month === month)
    const owners = rows.map((one) => ({ owner_id: one.owner_id, won: Number(one.won), committed: Number(one.committed), best_case: Number(one.best_case), weighted: Number(one.weighted) }))
    const sum = owners.reduce<Sums>((total, one) => ({ won: total.won + one.won, committed: total.committed + one.committed, best_case: total.best_case + one.best_case, weighted: total.weighted + one.weighted }), nothing())
    return { month, ...sum, owners }
  })
}
/** The months from one to another, at most three years. */
export function span(from: string, to: string): string[] {
  const list: string[] = []
  for (let month = from; month <= to && list.length < 36; month = shifted(month, 1)) list.push(month)
  return list
}
export function shifted(month: string, by: number): string {
  const [year = 2000, number = 1] = month.split('-').map(Number)
  const at = new Date(Date.UTC(year, number - 1 + by, 1))
  return at.toISOString().slice(0, 7)
}
/** A round number not below `top` and the lines of a scale up to it. */
export function scale(top: number): { max: number; lines: number[] } {
  if (top <= 0) return { max: 1, lines: [0] }
  const raw = top / 4
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find((unit) => unit * power >= raw) ?? 10) * power
  const count = Math.ceil(top / step - 1e-9)
  return { max: count * step, lines: Array.from({ length: count + 1 }, (_, index) => index * step) }
}
