/** When a send window lets the next message out. */
import { instantOf, wallOf } from './zones'
import type { SendWindow } from './model'

/** The instant at which the window opens next on the clocks of `zone`; null while it is open. A window may go over midnight. */
export function opensAt(window: SendWindow, zone: string, now = new Date()): Date | null {
  const wall = wallOf(now, zone)
  const [today = '', time = ''] = wall.split('T')
  const over = window.to <= window.from
  const day = (ahead: number): { date: string; weekday: number } => {
    const at = new Date(`${today}T00:00:00Z`)
    at.setUTCDate(at.getUTCDate() + ahead)
    return { date: at.toISOString().slice(0, 10), weekday: at.getUTCDay() || 7 }
  }
  const on = (ahead: number): boolean => window.days.includes(day(ahead).weekday)
  if (over ? (on(0) && time >= window.from) || (on(-1) && time < window.to) : on(0) && time >= window.from && time < window.to) return null
  for (let ahead = 0; ahead <= 7; ahead++) if (on(ahead) && (ahead || time < window.from)) return instantOf(`${day(ahead).date}T${window.from}`, zone)
  return null
}
