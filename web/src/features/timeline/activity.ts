/** What a timeline entry says below its title, from the facts the API recorded. */
import type { Activity } from '../../api/types'
import { label, money, t } from '../../i18n/index.svelte'

/** What one looks for in a timeline: kinds of entries by what they are about. */
export const groups = {
  notes: ['note'],
  calls: ['call'],
  emails: ['email', 'email_sent', 'email_delivered', 'email_opened', 'email_clicked', 'email_bounced', 'email_complained', 'unsubscribed'],
  meetings: ['meeting'],
  tasks: ['task_done'],
  sales: ['lead_created', 'lead_status_changed', 'lead_assigned', 'lead_overdue', 'lead_converted', 'deal_created', 'deal_stage_changed', 'deal_won', 'deal_lost', 'quote_issued', 'quote_accepted', 'quote_declined'],
  web: ['form_submitted', 'score_changed', 'consent_granted', 'consent_withdrawn', 'tag_added', 'segment_entered', 'segment_left'],
  files: ['file_added'],
} as const
export type Group = keyof typeof groups
/** What people write themselves. */
export const WRITTEN = ['note', 'call', 'email', 'meeting'] as const
export type WrittenKind = (typeof WRITTEN)[number]

/** A timeline belongs to one of these. */
export interface Thing {
  kind: 'contact' | 'company' | 'deal'
  id: string
}

/** The first of several fields that has a text. */
function pick(data: Record<string, unknown>, ...names: string[]): string {
  for (const name of names) {
    const value = data[name]
    if (typeof value === 'string' && value) return value
    if (typeof value === 'number') return String(value)
  }
  return ''
}
const line = (...parts: string[]): string => parts.filter(Boolean).join(' · ')

/** Where a consent came from: the API writes `form:<key>`, `unsubscribe:<campaign>`, `user:<id>` and the like. */
export function consentSource(source: string | null | undefined): string {
  const kind = (source ?? '').split(':')[0] ?? ''
  return kind ? label('consent_source', kind) : ''
}
/** A web address without scheme and query, as people say it. */
export function shortAddress(url: string): string {
  return url.replace(/^https?:\/\/(www\.)?/, '').replace(/[?#].*$/, '').replace(/\/$/, '')
}
/** The number at the end of a text version such as `<form>/news/2/es`; versions written otherwise are shown whole. */
export function textVersion(version: string): string {
  const found = /\/(\d+)\/(\w\w)$/.exec(version)
  return found ? `${found[1]} (${found[2]})` : version
}

/** An amount that was recorded, in its currency. */
function sum(data: Record<string, unknown>): string {
  const [amount, currency] = [pick(data, 'amount', 'total'), pick(data, 'currency')]
  return amount && currency ? money(amount, currency) : amount
}

/** `stageName` knows what a stage of a pipeline is called; the facts hold its identifier, as names change. */
export function describe({ kind, data }: Activity, stageName: (id: string) => string | undefined = () => undefined): string {
  switch (kind) {
    case 'note':
    case 'call':
    case 'meeting':
    case 'email':
      return pick(data, 'text', 'body')
    case 'deal_won':
    case 'deal_lost':
      return line(pick(data, 'title', 'name', 'deal'), sum(data), pick(data, 'reason', 'lost_reason', 'won_reason'))
    case 'task_done':
      return pick(data, 'title')
    case 'quote_issued':
    case 'quote_accepted':
    case 'quote_declined':
      return line(pick(data, 'number'), pick(data, 'title'), sum(data))
    case 'file_added':
      return pick(data, 'file_name', 'name')
    case 'merged':
    case 'unmerged':
      return pick(data, 'other_name', 'display_name', 'name')
    case 'form_submitted':
      return line(pick(data, 'form_name', 'form_id'), shortAddress(pick(data, 'page')))
    case 'lead_created':
      return line(pick(data, 'source'), pick(data, 'medium'), pick(data, 'campaign'))
    case 'lead_status_changed': {
      const from = pick(data, 'from', 'old', 'previous', 'old_status')
      const to = pick(data, 'to', 'new', 'status', 'new_status')
      const reason = pick(data, 'disqualify_reason', 'reason')
      return line([from, to].filter(Boolean).map((one) => label('state.lead', one)).join(' → '), reason ? label('reason', reason) : '')
    }
    case 'score_changed': {
      const points = Number(pick(data, 'points', 'delta') || NaN)
      const total = pick(data, 'total')
      return line(
        Number.isNaN(points) ? '' : `${points > 0 ? '+' : ''}${points}`,
        pick(data, 'reason', 'rule_name'),
        total ? t('timeline.score_total', { total }) : '',
      )
    }
    case 'consent_granted':
    case 'consent_withdrawn':
      return line(label('purpose', pick(data, 'purpose')), consentSource(pick(data, 'source')))
    case 'segment_entered':
    case 'segment_left':
      return pick(data, 'segment_name')
    case 'tag_added':
      return pick(data, 'tag', 'name')
    case 'email_clicked':
      return line(pick(data, 'subject', 'campaign_name', 'campaign'), pick(data, 'url', 'link'))
    case 'deal_created':
    case 'deal_stage_changed': {
      const stage = pick(data, 'stage', 'to')
      return line(pick(data, 'title', 'name', 'deal'), stageName(stage) ?? stage, sum(data))
    }
    default:
      return line(pick(data, 'subject', 'campaign_name', 'campaign'), pick(data, 'reason', 'diagnostic'))
  }
}
