/** A campaign as the screens use it: every count there, the body present, choices by their names. */
import type { components } from '../../api/schema'
import type { Language, Page } from '../../api/types'

type Schemas = components['schemas']
type Given = Schemas['chalicelib__marketing__campaigns__schemas__CampaignOut']
export type Counts = Required<Schemas['CountsOut']>
export const FORMATS = ['blocks', 'mjml', 'html', 'text'] as const
export type Format = (typeof FORMATS)[number]
export interface Body {
  format: Format
  /** Of blocks, the document as JSON. */
  source: string
}
/** What a message says, in one language or one variant. */
export interface Content {
  subject: string
  preheader: string
  body: Body
}
export interface SendWindow {
  from: string
  to: string
  /** ISO weekdays, 1 is Monday. */
  days: number[]
}
export interface Delivery {
  mode: 'together' | 'local_time'
  window: SendWindow | null
  per_hour: number | null
  warm_up: boolean
}
/** Another way of saying it; without a body it is the campaign's own. */
export interface Variant {
  subject: string
  preheader: string
  body: Body | null
  translations: Record<string, Omit<Variant, 'translations'>>
}
export interface AbTest {
  what: 'subject' | 'body'
  /** Percent of the audience that tests. */
  share: number
  /** Besides the campaign's own content, which is the first of them. */
  variants: Variant[]
  winner_by: 'opens' | 'clicks' | 'conversions'
  after_minutes: number
}
export interface Recurrence {
  every: 'day' | 'week' | 'month'
  interval: number
  at: string
  time_zone: string
  days: number[]
  until: string | null
}
export interface Goal {
  kind: 'page' | 'deal'
  url: string
  days: number
  value: { amount: string; currency: string } | null
}
export interface AbResult {
  variant: number
  recipients: number
  sent: number
  delivered: number
  opened: number
  clicked: number
  converted: number
  rate: number | null
}
export interface Ab {
  state: 'waiting' | 'testing' | 'decided'
  decide_at: string | null
  decided_at: string | null
  decided_by: string
  winner: number | null
  results: AbResult[]
}
/** What campaigns have besides what every one always had; an older answer may leave it out. */
interface More {
  template_id: string
  translations: Record<string, Content>
  exclude_segment_ids: string[]
  topic: string
  delivery: Delivery
  ab_test: AbTest | null
  ab: Ab | null
  recurrence: Recurrence | null
  occurrences: { next_at: string | null; made: number; skipped: number; last_id: string | null } | null
  goal: Goal | null
  progress: { ended: number; total: number; per_minute: number | null; seconds_left: number | null } | null
  stopping: boolean
  // Empty where there is none.
  resend_of: string
  occurrence_of: string
}
export interface Campaign extends Omit<Given, keyof More | 'counts' | 'body' | 'language'>, More {
  counts: Counts
  /** Lists leave the source out. */
  body: Body
  language: Language
}

const NONE: Counts = {
  pending: 0, claimed: 0, sent: 0, delivered: 0, bounced: 0, complained: 0, failed: 0, suppressed: 0, unknown: 0, parked: 0,
  opened: 0, clicked: 0, unsubscribed: 0,
}
export const PLAIN: Delivery = { mode: 'together', window: null, per_hour: null, warm_up: false }

export function campaignOf(given: Given): Campaign {
  const more = given as Given & Partial<More>
  return {
    ...given,
    template_id: more.template_id ?? '', translations: more.translations ?? {}, exclude_segment_ids: more.exclude_segment_ids ?? [], topic: more.topic ?? '',
    delivery: more.delivery ?? PLAIN, ab_test: more.ab_test ?? null, ab: more.ab ?? null, recurrence: more.recurrence ?? null, occurrences: more.occurrences ?? null,
    goal: more.goal ?? null, progress: more.progress ?? null, stopping: more.stopping ?? false, resend_of: more.resend_of ?? '', occurrence_of: more.occurrence_of ?? '',
    counts: { ...NONE, ...given.counts },
    body: { format: ((given.body?.format ?? given.body_format) || 'html') as Format, source: given.body?.source ?? '' },
    language: given.language === 'en' ? 'en' : 'es',
  }
}
export function campaignsOf(page: Page<Given>): Page<Campaign> {
  return { items: page.items.map(campaignOf), next_cursor: page.next_cursor ?? null }
}
/** The states of the ledger in the order in which the bar shows them; a recipient is in exactly one. */
export const LEDGER = ['sent', 'claimed', 'pending', 'unknown', 'parked', 'suppressed', 'failed'] as const
export type LedgerState = (typeof LEDGER)[number]
/** Recipients with whom the ledger is done. */
export function ended(counts: Counts): number {
  return counts.sent + counts.failed + counts.suppressed + counts.parked
}
/** The letter of a variant: 0 is A. */
export const letter = (variant: number): string => String.fromCharCode(65 + variant)
/** Whether the campaign does something by itself now, so that its page looks often. */
export function moving(one: Campaign): boolean {
  return one.stopping || ['planning', 'sending', 'scheduled', 'recurring'].includes(one.state) || one.ab?.state === 'waiting' || one.ab?.state === 'testing'
}
