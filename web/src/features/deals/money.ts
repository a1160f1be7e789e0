/** Totals of lines as the API computes them, for a preview while people type. Decimals are whole numbers of 10⁻⁸, so nothing is lost. */
import type { Line, Totals } from '../../api/sales'

const SCALE = 100_000_000n

/** A decimal text such as `12.5` or `12,5` as a whole number of 10⁻⁸; zero where it is none. */
export function units(text: string | number | null | undefined): bigint {
  const match = /^(-?)(\d*)(?:[.,](\d{0,8})\d*)?$/.exec(String(text ?? '').trim())
  if (!match || (!match[2] && !match[3])) return 0n
  const value = BigInt(match[2] || '0') * SCALE + BigInt((match[3] ?? '').padEnd(8, '0'))
  return match[1] ? -value : value
}
/** How many decimals a currency has (EUR 2, JPY 0, KWD 3). */
export function decimals(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}
const divided = (value: bigint, by: bigint): bigint => {
  const half = by / 2n
  return value < 0n ? -((-value + half) / by) : (value + half) / by
}
/** Half up to the currency's smallest coin. */
function coins(value: bigint, digits: number): bigint {
  const step = 10n ** BigInt(8 - digits)
  return divided(value, step) * step
}
const text = (value: bigint, digits: number): string => {
  const whole = value < 0n ? -value : value
  const shown = `${whole / SCALE}${digits ? `.${(whole % SCALE).toString().padStart(8, '0').slice(0, digits)}` : ''}`
  return value < 0n ? `-${shown}` : shown
}
const HUNDRED = 100n * SCALE

interface Parts {
  gross: bigint
  discount: bigint
  tax: bigint
}
function parts(line: Line, digits: number): Parts {
  const gross = coins(divided(units(line.quantity) * units(line.unit_price), SCALE), digits)
  const discount = coins(divided(gross * units(line.discount_percent), HUNDRED), digits)
  const tax = coins(divided((gross - discount) * units(line.tax_percent), HUNDRED), digits)
  return { gross, discount, tax }
}
/** Lines as the API takes them: without the figures it works out itself. */
export function bare(lines: readonly Line[]): Line[] {
  return lines.map(({ id, product_id, name, quantity, unit_price, discount_percent, tax_percent }) => ({ ...(id ? { id } : {}), product_id, name, quantity, unit_price, discount_percent, tax_percent }))
}
/** A line's total before tax, less its discount. */
export function lineTotal(line: Line, currency: string): string {
  const digits = decimals(currency)
  const { gross, discount } = parts(line, digits)
  return text(gross - discount, digits)
}
export function totals(lines: Line[], currency: string): Totals {
  const digits = decimals(currency)
  const sum = { gross: 0n, discount: 0n, tax: 0n }
  for (const line of lines) {
    const one = parts(line, digits)
    sum.gross += one.gross
    sum.discount += one.discount
    sum.tax += one.tax
  }
  return { subtotal: text(sum.gross, digits), discount: text(sum.discount, digits), tax: text(sum.tax, digits), total: text(sum.gross - sum.discount + sum.tax, digits) }
}
