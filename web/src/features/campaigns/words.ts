/** The API's warnings and cost items in words. */
import type { Estimate, Notice } from '../../api/types'
import { has, money, t } from '../../i18n/index.svelte'

export function warningText({ code, message }: Notice): string {
  return has(`warning.${code}`) ? t(`warning.${code}`) : message
}

/** The parts of an estimate's cost. */
export function costParts({ breakdown, currency }: Estimate['cost']): { name: string; amount: string }[] {
  return breakdown.map((part) => ({ name: has(`cost.${part.name}`) ? t(`cost.${part.name}`) : part.name, amount: money(part.amount, currency, 4) }))
}
