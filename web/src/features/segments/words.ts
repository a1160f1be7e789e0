/** A segment in words. */
import type { Segment } from '../../api/types'
import { both, has, number, t } from '../../i18n/index.svelte'

/** What it asks for, in a sentence of the API; a list made by hand says that it is one. */
export function about(one: Segment): string {
  return one.kind === 'static' ? t('segments.static') : both(one.sentence)
}
/** How many are in it. A broken one counts nobody until it is repaired, which is no zero. */
export function usable(one: Segment): string {
  return one.problems.length ? '–' : number(one.count)
}
/** What is wrong with a condition: a text of ours where there is one for it, or the API's. */
export function wrong(one: { code: string; message: string }): string {
  return has(`segments.problem_${one.code}`) ? t(`segments.problem_${one.code}`) : one.message
}
