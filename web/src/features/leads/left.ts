/** How much time is left to answer a lead. */
import type { Lead } from '../../api/sales'
import { number, t } from '../../i18n/index.svelte'

export interface Left {
  tone: 'bad' | 'warn' | 'plain'
  text: string
}
/** "12 min left", "3 h late"; null when nothing is owed: no target, answered, or closed. */
export function timeLeft(lead: Pick<Lead, 'respond_by' | 'first_response_at' | 'status'>, now: number): Left | null {
  if (!lead.respond_by || lead.first_response_at || !['new', 'working'].includes(lead.status)) return null
  const minutes = Math.round((Date.parse(lead.respond_by) - now) / 60_000)
  const past = Math.abs(minutes)
  const amount = past < 60 ? t('leads.minutes', { n: number(past) }) : past < 2880 ? t('leads.hours', { n: number(past / 60) }) : t('leads.days', { n: number(past / 1440) })
  if (minutes < 0) return { tone: 'bad', text: t('leads.late', { time: amount }) }
  return { tone: minutes <= 30 ? 'warn' : 'plain', text: t('leads.left', { time: amount }) }
}
