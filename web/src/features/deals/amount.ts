/**
 * An amount as people type it, as the decimal text the API takes: `1.234,50`, `1,234.50`, `1 234,5` and `12500` all work. The last
 * point or comma is the decimal mark unless exactly three digits follow it and it stands alone or after others of its kind.
 * Empty where it is no amount.
 */
export function amountText(typed: string): string {
  const text = typed.replace(/[\s\u00a0\u202f'’]/g, '').replace(/^[^\d.,-]+|[^\d]+$/g, '')
  if (!/^-?[\d.,]*\d[\d.,]*$/.test(text)) return ''
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))
  if (last < 0) return text
  const mark = text.charAt(last)
  const other = mark === '.' ? ',' : '.'
  const digits = text.length - last - 1
  const groups = digits === 3 && !text.includes(other) && !/^-?0[.,]/.test(text)
  if (groups) return text.replaceAll(mark, '')
  return `${text.slice(0, last).replace(/[.,]/g, '') || '0'}.${text.slice(last + 1)}`
}
