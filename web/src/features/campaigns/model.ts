/** A campaign as the screens use it: every count there, the body present, choices by their names. */
import type { components } from '../../api/schema'
import type { Language, Page } from '../../api/types'

type Given = components['schemas']['chalicelib__marketing__campaigns__schemas__CampaignOut']
export type Counts = Required<components['schemas']['CountsOut']>
export interface Campaign extends Omit<Given, 'counts' | 'body' | 'language'> {
  counts: Counts
  /** Lists leave the source out. */
  body: { format: 'mjml' | 'html'; source: string }
  language: Language
}

const NONE: Counts = {
  pending: 0, claimed: 0, sent: 0, delivered: 0, bounced: 0, complained: 0, failed: 0, suppressed: 0, unknown: 0, parked: 0,
  opened: 0, clicked: 0, unsubscribed: 0,
}
export function campaignOf(given: Given): Campaign {
  return {
    ...given,
    counts: { ...NONE, ...given.counts },
    body: { format: (given.body?.format ?? given.body_format) === 'mjml' ? 'mjml' : 'html', source: given.body?.source ?? '' },
    language: given.language === 'en' ? 'en' : 'es',
  }
}
export function campaignsOf(page: Page<Given>): Page<Campaign> {
  return { items: page.items.map(campaignOf), next_cursor: page.next_cursor ?? null }
}
/** Recipients with whom the ledger is done. */
export function ended(counts: Counts): number {
  return counts.sent + counts.failed + counts.suppressed + counts.parked
}
