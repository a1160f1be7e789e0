/** How long something took: "3 days", "5 h", "20 min". */
import { number, t, tn } from '../../i18n/index.svelte'

export function lasted(seconds: number): string {
  if (seconds < 60) return t('lasted.moment')
  if (seconds < 3600) return t('lasted.minutes', { n: number(seconds / 60) })
  if (seconds < 86_400) return t('lasted.hours', { n: number(seconds / 3600) })
  return tn('lasted.days', Math.round(seconds / 86_400))
}
