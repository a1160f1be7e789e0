/** The board as data: columns of cards, and what a move does to them. Pure; the screen keeps the state. */
import type { BoardColumn, Deal, MoneyTotal, Pipeline, Stage } from '../../api/sales'

/** Where a card goes: before another card, or last in its column. */
export interface Target {
  stage_id: string
  before_id: string | null
}

/** The fields a stage asks for that a deal does not have yet. */
export function missingFields(deal: Deal, stage: Stage | undefined): string[] {
  return (stage?.required_fields ?? []).filter((field) => {
    if (field === 'amount') return Number(deal.amount) <= 0
    if (field === 'lines') return deal.lines.length === 0
    const value = field.startsWith('custom.') ? deal.custom?.[field.slice(7)] : (deal as unknown as Record<string, unknown>)[field]
    return value === null || value === undefined || value === ''
  })
}

/** The body of a move: the neighbours a card has in its new place, as the API takes them. */
export function neighbours(columns: BoardColumn[], dealId: string, target: Target): { stage_id: string; before_id?: string; after_id?: string } {
  const others = (columns.find((one) => one.stage_id === target.stage_id)?.deals ?? []).filter((one) => one.id !== dealId)
  if (target.before_id && target.before_id !== dealId) return { stage_id: target.stage_id, before_id: target.before_id }
  const last = others.at(-1)
  return last ? { stage_id: target.stage_id, after_id: last.id } : { stage_id: target.stage_id }
}

/** Columns after a card has gone to its target, with counts and totals set right. Cards keep their identity. */
export function moved(columns: BoardColumn[], deal: Deal, target: Target, pipeline: Pipeline): BoardColumn[] {
  const from = columns.find((one) => one.deals.some((card) => card.id === deal.id))?.stage_id ?? deal.stage_id
  const card: Deal = { ...deal, stage_id: target.stage_id }
  return columns.map((column) => {
    let { deals, count, totals } = column
    if (column.stage_id === from) {
      deals = deals.filter((one) => one.id !== deal.id)
      if (from !== target.stage_id) {
        count -= 1
        totals = added(totals, deal, -1, probabilityOf(pipeline, from))
      }
    }
    if (column.stage_id === target.stage_id) {
      const at = target.before_id ? deals.findIndex((one) => one.id === target.before_id) : -1
      deals = at < 0 ? [...deals, card] : [...deals.slice(0, at), card, ...deals.slice(at)]
      if (from !== target.stage_id) {
        count += 1
        totals = added(totals, deal, 1, probabilityOf(pipeline, target.stage_id))
      }
    }
    return { ...column, deals, count, totals }
  })
}
/** Columns without a card that was won, lost or deleted. */
export function without(columns: BoardColumn[], deal: Deal, pipeline: Pipeline): BoardColumn[] {
  return columns.map((column) =>
    column.deals.some((one) => one.id === deal.id)
      ? { ...column, deals: column.deals.filter((one) => one.id !== deal.id), count: column.count - 1, totals: added(column.totals, deal, -1, probabilityOf(pipeline, column.stage_id)) }
      : column,
  )
}
/** Columns with a card in its stage, first; one that is there already changes in place. */
export function withCard(columns: BoardColumn[], deal: Deal, pipeline: Pipeline): BoardColumn[] {
  const there = columns.find((column) => column.deals.some((one) => one.id === deal.id))
  if (there?.stage_id === deal.stage_id && deal.status === 'open') {
    return columns.map((column) => {
      const before = column.deals.find((one) => one.id === deal.id)
      if (!before) return column
      const chance = probabilityOf(pipeline, column.stage_id)
      return { ...column, deals: column.deals.map((one) => (one.id === deal.id ? deal : one)), totals: added(added(column.totals, before, -1, chance), deal, 1, chance) }
    })
  }
  const rest = there ? without(columns, there.deals.find((one) => one.id === deal.id) ?? deal, pipeline) : columns
  if (deal.status !== 'open') return rest
  return rest.map((column) =>
    column.stage_id === deal.stage_id
      ? { ...column, deals: [deal, ...column.deals], count: column.count + 1, totals: added(column.totals, deal, 1, probabilityOf(pipeline, deal.stage_id)) }
      : column,
  )
}

const probabilityOf = (pipeline: Pipeline, stage: string): number => pipeline.stages.find((one) => one.id === stage)?.probability ?? 0

/** Money by currency with a deal put in (`sign` 1) or taken out (-1); a currency at zero stays, so that nothing jumps. */
function added(totals: MoneyTotal[], deal: Deal, sign: 1 | -1, probability: number): MoneyTotal[] {
  const amount = Number(deal.amount) * sign
  const known = totals.some((one) => one.currency === deal.currency)
  return (known ? totals : [...totals, { currency: deal.currency, amount: '0', weighted: '0' }]).map((one) =>
    one.currency === deal.currency ? { ...one, amount: String(Number(one.amount) + amount), weighted: String(Number(one.weighted) + (amount * probability) / 100) } : one,
  )
}

/** Where the arrow keys take a card: beside, to the neighbouring stage, or up and down in its own. Null when there is nowhere to go. */
export function stepped(columns: BoardColumn[], deal: Deal, direction: 'left' | 'right' | 'up' | 'down'): Target | null {
  const at = columns.findIndex((column) => column.deals.some((one) => one.id === deal.id))
  const column = columns[at]
  if (!column) return null
  const row = column.deals.findIndex((one) => one.id === deal.id)
  if (direction === 'up') {
    const above = column.deals[row - 1]
    return above ? { stage_id: column.stage_id, before_id: above.id } : null
  }
  if (direction === 'down') {
    if (!column.deals[row + 1]) return null
    return { stage_id: column.stage_id, before_id: column.deals[row + 2]?.id ?? null }
  }
  const beside = columns[at + (direction === 'left' ? -1 : 1)]
  return beside ? { stage_id: beside.stage_id, before_id: beside.deals[row]?.id ?? beside.deals[0]?.id ?? null } : null
}
