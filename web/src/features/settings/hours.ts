/** Working hours as people edit them: spans for each weekday, in order and apart from each other. */
export interface Span {
  from: string
  to: string
}
export interface Hours extends Span {
  weekday: number
}
/** ISO weekdays, Monday is 1. */
export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const
export type Week = Record<number, Span[]>

export function toWeek(hours: readonly Hours[]): Week {
  return Object.fromEntries(weekdays.map((day) => [day, hours.filter((one) => one.weekday === day).map(({ from, to }) => ({ from, to })).sort((a, b) => a.from.localeCompare(b.from))]))
}
export function toHours(week: Week): Hours[] {
  return weekdays.flatMap((weekday) => (week[weekday] ?? []).map((span) => ({ weekday, ...span })))
}
/** What is wrong with a day: a span that does not end after it begins, or two that overlap. Null when nothing is. */
export function wrong(spans: readonly Span[]): 'backwards' | 'overlap' | null {
  if (spans.some((span) => !span.from || !span.to || span.from >= span.to)) return 'backwards'
  const ordered = [...spans].sort((a, b) => a.from.localeCompare(b.from))
  return ordered.some((span, index) => index > 0 && span.from < (ordered[index - 1]?.to ?? '')) ? 'overlap' : null
}
/** One more span for a day, after the last one; a day without any gets nine to six. */
export function oneMore(spans: readonly Span[]): Span[] {
  const last = spans.at(-1)
  if (!last) return [{ from: '09:00', to: '18:00' }]
  const hour = Number(last.to.slice(0, 2))
  if (hour >= 23) return [...spans]
  const text = (at: number): string => `${String(Math.min(at, 24)).padStart(2, '0')}:00`
  return [...spans, { from: text(hour + 1), to: text(Math.min(hour + 4, 24)) }]
}
/** Hours of work in a week. */
export function total(week: Week): number {
  const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
  return toHours(week).reduce((sum, span) => sum + Math.max(0, minutes(span.to) - minutes(span.from)), 0) / 60
}
