/** What the API says in codes and numbers, in words. */
import type { Estimate } from '../../api/types'
import { date, has, label, languageName, money, number, t, tn, weekdayName } from '../../i18n/index.svelte'
import { session } from '../../state/session.svelte'
import { nameOf, pieces, type Placeholder } from '../templates/placeholder'
import type { Delivery, Recurrence } from './model'

export function warningText({ code, message }: { code: string; message: string }): string {
  return has(`warning.${code}`) ? t(`warning.${code}`) : message
}

/** The step of the wizard on which a field of the API stands. */
export const stepOf = (field: string): 'audience' | 'content' | 'delivery' =>
  /^(segment_ids|exclude_segment_ids|topic)/.test(field) ? 'audience' : /^(delivery|ab_test|recurrence|goal|at)/.test(field) ? 'delivery' : 'content'

/** Whom mail comes from: the workspace's sender where the campaign says nothing. */
export function senderOf(from: { name?: string; email?: string } | undefined): { name: string; email: string } {
  const own = session.workspace?.sender
  return { name: from?.name || (own?.name ?? ''), email: from?.email || (own?.email ?? '') }
}
export function senderWords(from: { name?: string; email?: string } | undefined): string {
  const { name, email } = senderOf(from)
  return email ? `${name} <${email}>`.trim() : t('campaigns.no_sender')
}

/** What the value is called that a placeholder stands for. */
export function valueName(one: Placeholder): string {
  const key = `campaigns.value.${one.name.split('.').at(-1) ?? ''}`
  return has(key) ? t(key) : nameOf(one, [])
}
/** A subject where only text can stand. */
export const subjectText = (subject: string): string => pieces(subject).map((one) => (typeof one === 'string' ? one : `[${valueName(one)}]`)).join('')

/** A cost to four decimals, and to the cent from ten on; what is too little for them as less than the least that they can say. */
export function costText(amount: number | string, currency: string, total: number | string = amount): string {
  const digits = Number(total) < 10 ? 4 : 2
  const least = 10 ** -digits
  return Number(amount) > 0 && Number(amount) < least / 2 ? `< ${money(least, currency, digits, digits)}` : money(amount, currency, digits, digits)
}
/** The parts of an estimate's cost, all to as many decimals as their sum. */
export function costParts({ breakdown, currency, amount }: Estimate['cost']): { name: string; amount: string }[] {
  return breakdown.map((part) => ({ name: has(`cost.${part.name}`) ? t(`cost.${part.name}`) : part.name, amount: costText(part.amount, currency, amount) }))
}

/** A language as it stands alone, e.g. on a button: Spanish names them in small letters. */
export const ownName = (code: string): string => languageName(code).replace(/^./u, (first) => first.toUpperCase())

/** Days of the week as a list, or that it is the working days or all of them. */
export function daysWords(days: readonly number[]): string {
  if (days.length === 7) return t('campaigns.every_single_day')
  if (days.join() === '1,2,3,4,5') return t('campaigns.workdays')
  return days.map((day) => weekdayName(day)).join(', ')
}
/** How fast it goes out; nothing where nothing holds it back. */
export function paceWords({ window, per_hour, warm_up }: Delivery): string[] {
  return [
    ...(window ? [t('campaigns.window_said', { from: window.from, to: window.to, days: daysWords(window.days) })] : []),
    ...(per_hour === null ? [] : [t('campaigns.per_hour_said', { n: number(per_hour) })]),
    ...(warm_up ? [t('campaigns.warm_up')] : []),
  ]
}
/** A rhythm, e.g. "Every 2 weeks on Monday at 09:00 (Europe/Madrid), until 31 Dec 2026". */
export function rhythmWords({ every, interval, at, time_zone, days, until }: Recurrence): string {
  const how = tn(`campaigns.rhythm_${every}`, interval)
  const on = every === 'week' ? t('campaigns.rhythm_on', { days: daysWords(days) }) : every === 'month' ? t('campaigns.rhythm_day', { days: days.join(', ') }) : ''
  return [how, on, t('campaigns.rhythm_at', { at, zone: time_zone.replaceAll('_', ' ') }), until ? t('campaigns.rhythm_until', { date: date(until) }) : ''].filter(Boolean).join(' ')
}
/** Seconds as the largest one or two units that say enough: "40 s", "12 min", "3 h 20 min". */
export function lasting(seconds: number): string {
  if (seconds < 60) return t('campaigns.seconds', { n: Math.max(1, Math.round(seconds)) })
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return t('campaigns.minutes', { n: minutes })
  return [t('campaigns.hours', { n: Math.floor(minutes / 60) }), minutes % 60 ? t('campaigns.minutes', { n: minutes % 60 }) : ''].filter(Boolean).join(' ')
}

/** A reason of the ledger without what is appended to it (`excluded_segment:<id>`). */
export const reasonOf = (reason: string): string => reason.split(':')[0] ?? reason
export const reasonText = (reason: string): string => (reason ? label('suppression', reasonOf(reason)) : '')

/** A code of "why" as a sentence; what the API does not name yet is shown as it comes. */
export function whyText(code: string, params: Record<string, string> = {}): string {
  const base = reasonOf(code)
  if (!has(`why.${base}`)) return reasonText(code) || code
  const detail = params['reason'] ?? params['detail'] ?? params['kind'] ?? ''
  const known = base === 'suppressed' || base === 'failed' || base === 'bounced'
  return [t(`why.${base}`), known && detail ? `(${has(`suppression.${detail}`) ? label('suppression', detail) : detail})` : ''].filter(Boolean).join(' ')
}
/** What an answer stands on. */
export function evidenceText({ code, params }: { code: string; params: Record<string, string> }): string {
  const reason = params['reason'] ?? ''
  const words = { name: params['name'] ?? '', reason: reason && has(`suppression.${reason}`) ? label('suppression', reason) : reason, source: params['source'] ?? '' }
  return has(`why.evidence.${code}`) ? t(`why.evidence.${code}`, words) : label('state.recipient', code)
}
