/** The date `weeks` weeks away from a date, both `YYYY-MM-DD`. */
export function shiftWeek(day: string, weeks: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + weeks * 7 * 86_400_000).toISOString().slice(0, 10)
}
