/** Dates of tasks: which group a task stands in, what people mean by "mañana a las 10", and repetitions in words. */
import type { Priority, Task, TaskKind } from '../../api/sales'

export type Group = 'overdue' | 'today' | 'tomorrow' | 'week' | 'later' | 'none'
export const groups: Group[] = ['overdue', 'today', 'tomorrow', 'week', 'later', 'none']

const startOf = (now: Date, days = 0): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days)

/** Where a task stands. One without a time is due until its day ends; "this week" are the next seven days. */
export function groupOf(task: Pick<Task, 'due_at' | 'has_time'>, now = new Date()): Group {
  if (!task.due_at) return 'none'
  const due = new Date(task.due_at)
  if (due < startOf(now) || (task.has_time && due < now)) return 'overdue'
  if (due < startOf(now, 1)) return 'today'
  if (due < startOf(now, 2)) return 'tomorrow'
  return due < startOf(now, 7) ? 'week' : 'later'
}
/** Tasks in their groups, earliest first; groups without a task are left out. */
export function grouped(tasks: Task[], now = new Date()): { id: Group; tasks: Task[] }[] {
  const rank: Record<Priority, number> = { high: 0, normal: 1, low: 2 }
  const ordered = [...tasks].sort((a, b) => (a.due_at ?? '9').localeCompare(b.due_at ?? '9') || rank[a.priority] - rank[b.priority])
  return groups.map((id) => ({ id, tasks: ordered.filter((task) => groupOf(task, now) === id) })).filter((group) => group.tasks.length)
}

export interface Understood {
  title: string
  due: Date | null
  has_time: boolean
  repeat: string | null
  priority: Priority
  kind: TaskKind
}
const WEEKDAYS: [RegExp, number][] = [
  [/(?:lunes|monday|mon)/, 1],
  [/(?:martes|tuesday|tue)/, 2],
  [/(?:mi[eé]rcoles|wednesday|wed)/, 3],
  [/(?:jueves|thursday|thu)/, 4],
  [/(?:viernes|friday|fri)/, 5],
  [/(?:s[aá]bado|saturday|sat)/, 6],
  [/(?:domingo|sunday|sun)/, 0],
]
const CODES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const MONTHS = [/(?:ene|enero|jan|january)/, /(?:feb|febrero|february)/, /(?:mar|marzo|march)/, /(?:abr|abril|apr|april)/, /(?:mayo|may)/, /(?:jun|junio|june)/, /(?:jul|julio|july)/, /(?:ago|agosto|aug|august)/, /(?:sep|sept|septiembre|september)/, /(?:oct|octubre|october)/, /(?:nov|noviembre|november)/, /(?:dic|diciembre|dec|december)/]
const NUMBERS: Record<string, number> = { un: 1, una: 1, a: 1, an: 1, one: 1, dos: 2, two: 2, tres: 3, three: 3, cuatro: 4, four: 4, cinco: 5, five: 5 }
const EDGE = String.raw`(?<![\p{L}\p{N}])`
const END = String.raw`(?![\p{L}\p{N}])`

/** What a line such as "Llamar a Ana mañana a las 10 cada semana !" asks for, in Spanish or English; the rest is the title. */
export function understand(text: string, now = new Date()): Understood {
  let rest = ` ${text} `
  const found: Understood = { title: '', due: null, has_time: false, repeat: null, priority: 'normal', kind: 'todo' }
  const take = (pattern: string): RegExpExecArray | null => {
    const match = new RegExp(EDGE + pattern + END, 'iu').exec(rest)
    if (match) rest = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`
    return match
  }
  const weekday = (pattern: RegExp): string => String.raw`${pattern.source}`

  // Repetitions come first: "cada lunes" also says when it begins.
  for (const [pattern, day] of WEEKDAYS) {
    if (take(String.raw`(?:cada|todos\s+los|every|each)\s+${weekday(pattern)}(?:es|s)?`)) {
      found.repeat = `FREQ=WEEKLY;BYDAY=${CODES[day]}`
      found.due = next(now, day, false)
      break
    }
  }
  if (!found.repeat) {
    if (take(String.raw`(?:cada\s+d[ií]a\s+laborable|de\s+lunes\s+a\s+viernes|every\s+(?:week|work)day)`)) found.repeat = 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'
    else if (take(String.raw`(?:cada\s+d[ií]a|todos\s+los\s+d[ií]as|a\s+diario|every\s+day|daily)`)) found.repeat = 'FREQ=DAILY'
    else if (take(String.raw`(?:cada\s+semana|todas\s+las\s+semanas|every\s+week|weekly)`)) found.repeat = 'FREQ=WEEKLY'
    else if (take(String.raw`(?:cada\s+mes|todos\s+los\s+meses|every\s+month|monthly)`)) found.repeat = 'FREQ=MONTHLY'
    else if (take(String.raw`(?:cada\s+a[ñn]o|todos\s+los\s+a[ñn]os|every\s+year|yearly)`)) found.repeat = 'FREQ=YEARLY'
  }
  // Days.
  const part = take(String.raw`(?:en|in|dentro\s+de)\s+(\d{1,3}|un|una|an?|one|dos|two|tres|three|cuatro|four|cinco|five)\s+(minutos?|minutes?|min|horas?|hours?|h|d[ií]as?|days?|semanas?|weeks?|mes(?:es)?|months?)`)
  if (part) {
    const n = NUMBERS[part[1]?.toLowerCase() ?? ''] ?? Number(part[1])
    const unit = part[2]?.toLowerCase() ?? ''
    if (/^(?:min|h|hour)/.test(unit)) {
      found.due = new Date(now.getTime() + n * (unit.startsWith('min') ? 60_000 : 3_600_000))
      found.has_time = true
    } else if (/^d/.test(unit)) found.due = startOf(now, n)
    else if (/^(?:s|w)/.test(unit)) found.due = startOf(now, 7 * n)
    else found.due = new Date(now.getFullYear(), now.getMonth() + n, now.getDate())
  }
  if (!found.due && take(String.raw`(?:pasado\s+ma[ñn]ana|the\s+day\s+after\s+tomorrow)`)) found.due = startOf(now, 2)
  if (!found.due && /(?:por|de|esta)\s+la\s+ma[ñn]ana/i.test(rest) === false && take(String.raw`(?:ma[ñn]ana|tomorrow)`)) found.due = startOf(now, 1)
  if (!found.due && take(String.raw`(?:hoy|today|tonight|esta\s+tarde)`)) found.due = startOf(now)
  if (!found.due) {
    for (const [pattern, day] of WEEKDAYS) {
      const match = take(String.raw`(?:(el|on|este|this|pr[oó]ximo|next)\s+)?(?:pr[oó]ximo\s+)?${weekday(pattern)}(?:\s+que\s+viene)?`)
      if (!match) continue
      found.due = next(now, day, true)
      break
    }
  }
  if (!found.due) {
    const numeric = take(String.raw`(?:el\s+|on\s+)?(\d{1,2})[/](\d{1,2})(?:[/](\d{2,4}))?`)
    if (numeric) found.due = dated(now, Number(numeric[1]), Number(numeric[2]) - 1, numeric[3])
    for (let month = 0; !found.due && month < 12; month++) {
      const name = MONTHS[month]?.source ?? ''
      const match = take(String.raw`(?:el\s+|on\s+)?(\d{1,2})\s+(?:de\s+)?${name}\.?`) ?? take(String.raw`(?:on\s+)?${name}\.?\s+(\d{1,2})`)
      if (match) found.due = dated(now, Number(match[1]), month)
    }
  }
  // Times. A bare number is a time only after "a las" or "at".
  const time = take(String.raw`(?:(?:a\s+las?|at)\s+)?(\d{1,2})[:.h](\d{2})\s*(am|pm)?`) ?? take(String.raw`(?:a\s+las?|at)\s+(\d{1,2})()\s*(am|pm)?`) ?? take(String.raw`(\d{1,2})()\s*(am|pm)`)
  if (time) {
    let hour = Number(time[1])
    const minute = Number(time[2] || 0)
    const half = time[3]?.toLowerCase()
    if (half === 'pm' && hour < 12) hour += 12
    if (half === 'am' && hour === 12) hour = 0
    if (hour < 24 && minute < 60) {
      const day = found.due ?? startOf(now)
      found.due = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute)
      if (!part && found.due < now && startOf(found.due).getTime() === startOf(now).getTime()) found.due = new Date(found.due.getFullYear(), found.due.getMonth(), found.due.getDate() + 1, hour, minute)
      found.has_time = true
    }
  }
  if (found.repeat && !found.due) found.due = startOf(now)
  if (/(?:^|\s)!{1,3}(?=\s|$)/.test(rest) || take('(?:urgente|urgent)')) {
    found.priority = 'high'
    rest = rest.replace(/(^|\s)!{1,3}(?=\s|$)/, ' ')
  }
  const title = rest.replace(/\s+/g, ' ').replace(/\s+([,.;])/g, '$1').replace(/[\s,;]+$/, '').trim()
  found.title = title || text.trim()
  if (/^(?:llamar|llama|call|phone|tel[eé]fono)(?![\p{L}])/iu.test(found.title)) found.kind = 'call'
  else if (/^(?:escribir|enviar|mandar|responder|email|e-mail|mail|write|send|reply)(?![\p{L}])/iu.test(found.title)) found.kind = 'email'
  else if (/^(?:reuni[oó]n|visita|visitar|cita|quedar|meet|meeting|visit)(?![\p{L}])/iu.test(found.title)) found.kind = 'meeting'
  return found
}
/** The next such weekday; today counts unless `after`. */
function next(now: Date, weekday: number, after: boolean): Date {
  const step = (weekday - now.getDay() + 7) % 7
  return startOf(now, step === 0 && after ? 7 : step)
}
/** A day of the year, of the next one when it has gone by; null when the calendar has no such day. */
function dated(now: Date, day: number, month: number, year?: string): Date | null {
  const full = year ? Number(year.length === 2 ? `20${year}` : year) : now.getFullYear()
  const made = new Date(full, month, day)
  if (made.getMonth() !== month || made.getDate() !== day) return null
  return !year && made < startOf(now) ? new Date(full + 1, month, day) : made
}

export interface Repeat {
  every: 'day' | 'workday' | 'week' | 'month' | 'year' | 'custom'
  weekday?: number | undefined
  interval: number
}
/** A repetition rule for people: what it repeats on. ISO weekdays, Monday is 1. */
export function readRule(rrule: string): Repeat {
  const parts = new Map(rrule.replace(/^RRULE:/, '').split(';').map((one) => one.split('=') as [string, string]))
  const interval = Number(parts.get('INTERVAL') ?? 1)
  const by = parts.get('BYDAY')
  const known = [...parts.keys()].every((key) => ['FREQ', 'INTERVAL', 'BYDAY'].includes(key))
  const freq = parts.get('FREQ')
  if (!known) return { every: 'custom', interval }
  if (freq === 'WEEKLY' && by === 'MO,TU,WE,TH,FR') return { every: 'workday', interval }
  if (freq === 'WEEKLY' && (!by || CODES.includes(by))) return { every: 'week', interval, weekday: by ? CODES.indexOf(by) || 7 : undefined }
  if (by) return { every: 'custom', interval }
  const every = ({ DAILY: 'day', MONTHLY: 'month', YEARLY: 'year' } as const)[freq as 'DAILY' | 'MONTHLY' | 'YEARLY']
  return { every: every ?? 'custom', interval }
}
/** The value of a date field (`YYYY-MM-DD`) and of a time field (`HH:MM`) in the browser's zone. */
export function localDay(at: Date): string {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
}
export function localTime(at: Date): string {
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}
/** The instant of a day and time of the browser's zone; a day alone means noon, which is that day in every zone people share. */
export function instant(day: string, time: string): string | null {
  if (!day) return null
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const [hour = 12, minute = 0] = time ? time.split(':').map(Number) : [12, 0]
  return new Date(year, month - 1, date, hour, minute).toISOString()
}
