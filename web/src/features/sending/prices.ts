/** Prices as price lists print them (of a thousand or a million units), and as the API keeps them (of one). */
export const PRICES = ['mail', 'mail_data_gb', 'table_write', 'table_read', 'function_gb_second', 'function_request', 'queue_request'] as const
export type Price = (typeof PRICES)[number]

/** The power of ten of units that a price is shown for. */
export const POWER: Record<Price, number> = { mail: 3, mail_data_gb: 0, table_write: 6, table_read: 6, function_gb_second: 6, function_request: 6, queue_request: 6 }

/** A decimal text times ten to a power, without rounding: `shifted('0.000000705', 6)` is `0.705`. */
export function shifted(decimal: string, power: number): string {
  const [whole = '', part = ''] = decimal.split('.')
  const digits = whole + part
  const mark = whole.length + power
  const padded = mark <= 0 ? '0'.repeat(1 - mark) + digits : digits.padEnd(mark, '0')
  const at = Math.max(mark, 1)
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '')
  const right = padded.slice(at).replace(/0+$/, '')
  return right ? `${left}.${right}` : left
}

/** The decimal text of what somebody typed, with a point or a comma for the decimals; empty where it is no number. */
export function typed(text: string): string {
  const found = text.trim().replace(',', '.')
  return /^(\d+\.?\d*|\.\d+)$/.test(found) ? shifted(found, 0) : ''
}
