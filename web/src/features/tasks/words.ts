/** Tasks in words. */
import type { Task } from '../../api/sales'
import { date, dateTime, t, tn, weekdayName } from '../../i18n/index.svelte'
import { groupOf, readRule } from './when'

/** When a task is due: "today, 10:00", "tomorrow", "Fri 4 Dec". */
export function dueText(task: Pick<Task, 'due_at' | 'has_time'>, now = new Date()): string {
  if (!task.due_at) return t('tasks.no_date')
  const group = groupOf({ ...task, has_time: false }, now)
  const due = new Date(task.due_at)
  const time = task.has_time ? date(task.due_at, { hour: '2-digit', minute: '2-digit' }) : ''
  if (group === 'today' || group === 'tomorrow') return [t(`tasks.group_${group}`), time].filter(Boolean).join(', ')
  const day = date(task.due_at, { weekday: 'short', day: 'numeric', month: 'short', ...(due.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) })
  return [day, time].filter(Boolean).join(', ')
}
export function dueTitle(task: Pick<Task, 'due_at' | 'has_time'>): string {
  return task.due_at ? (task.has_time ? dateTime(task.due_at) : date(task.due_at, { dateStyle: 'full' })) : ''
}
/** A repetition: "every Monday", "every 2 weeks". */
export function repeatText(rrule: string): string {
  const rule = readRule(rrule)
  if (rule.every === 'custom') return t('tasks.repeat_custom')
  if (rule.every === 'workday') return t('tasks.repeat_workday')
  if (rule.interval > 1) return tn(`tasks.repeat_${rule.every}s`, rule.interval)
  if (rule.every === 'week' && rule.weekday) return t('tasks.repeat_weekday', { day: weekdayName(rule.weekday) })
  return t(`tasks.repeat_${rule.every}`)
}
