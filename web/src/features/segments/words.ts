/** A segment in words. */
import type { Segment } from '../../api/types'
import { both, number, t } from '../../i18n/index.svelte'

/** What it asks for, in a sentence of the API; a list made by hand says that it is one. */
export function about(one: Segment): string {
  return one.kind === 'static' ? t('segments.static') : both(one.sentence)
}
/** How many are in it. A broken one counts nobody until it is repaired, which is no zero. */
export function usable(one: Segment): string {
  return one.problems.length ? '–' : number(one.count)
}
