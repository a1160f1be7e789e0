/** What a timeline entry says below its title, from the facts the API recorded. */
import type { components } from '../../api/schema'
import type { Activity } from '../../api/types'
import { label, t } from '../../i18n/index.svelte'

export type ActivityKind = NonNullable<components['schemas']['TimelineQuery']['kind']>

export const kinds: ActivityKind[] = [
  'form_submitted', 'lead_created', 'lead_status_changed', 'score_changed', 'consent_granted', 'consent_withdrawn',
  'email_sent', 'email_delivered', 'email_opened', 'email_clicked', 'email_bounced', 'email_complained', 'unsubscribed',
  'tag_added', 'note', 'deal_created', 'deal_stage_changed',
]

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

export function describe({ kind, data }: Activity): string {
  switch (kind) {
    case 'note':
      return pick(data, 'text', 'body')
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
    case 'tag_added':
      return pick(data, 'tag', 'name')
    case 'email_clicked':
      return line(pick(data, 'subject', 'campaign_name', 'campaign'), pick(data, 'url', 'link'))
    case 'deal_created':
    case 'deal_stage_changed':
      return line(pick(data, 'title', 'name', 'deal'), pick(data, 'stage_name', 'stage', 'to'), pick(data, 'amount'))
    default:
      return line(pick(data, 'subject', 'campaign_name', 'campaign'), pick(data, 'reason', 'diagnostic'))
  }
}
