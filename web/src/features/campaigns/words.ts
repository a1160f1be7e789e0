/** The API's warnings and cost items in words. */
import type { Warning } from '../../api/types'
import { has, money, number, t } from '../../i18n/index.svelte'

export function warningText(warning: Warning): string {
  const code = typeof warning === 'string' ? warning : (warning.code ?? '')
  if (has(`warning.${code}`)) return t(`warning.${code}`)
  return typeof warning === 'string' ? warning : (warning.message ?? code)
}

/** The parts of an estimate, whether the API lists them or names them. */
export function costParts(breakdown: unknown, currency: string): { name: string; amount: string }[] {
  const show = (amount: unknown): string => (amount == null ? '' : money(String(amount), currency, 6))
  const name = (raw: unknown): string => {
    const key = `cost.${String(raw)}`
    return has(key) ? t(key) : String(raw).replaceAll('_', ' ')
  }
  if (Array.isArray(breakdown)) {
    return breakdown.map((part: Record<string, unknown>) => {
      const units = part['units'] ?? part['quantity'] ?? part['count']
      return {
        name: name(part['item'] ?? part['name'] ?? part['service'] ?? part['code']) + (units == null ? '' : ` × ${number(Number(units))}`),
        amount: show(part['amount'] ?? part['cost']),
      }
    })
  }
  if (breakdown && typeof breakdown === 'object') {
    return Object.entries(breakdown).map(([key, amount]) => ({ name: name(key), amount: show(amount) }))
  }
  return []
}
