/** The last seven calendar days of a time zone, today last, from the daily counts of two weeks. */
export interface LastDays {
  list: { day: string; count: number }[]
  today: number
  yesterday: number
  total: number
}

/** Counts of days that are missing are zero. */
export function lastDays(counts: { day: string; count: number }[], timeZone: string, now = new Date()): LastDays {
  const byDay = new Map(counts.map((one) => [one.day, one.count]))
  // Swedish writes dates as ISO does.
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now)
  const noon = Date.parse(`${today}T12:00:00Z`)
  const list = Array.from({ length: 7 }, (_, index) => {
    const day = new Date(noon - (6 - index) * 86_400_000).toISOString().slice(0, 10)
    return { day, count: byDay.get(day) ?? 0 }
  })
  return { list, today: list[6]?.count ?? 0, yesterday: list[5]?.count ?? 0, total: list.reduce((sum, one) => sum + one.count, 0) }
}
