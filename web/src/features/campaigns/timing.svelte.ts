/** When a campaign goes out: what the draft keeps of it (the clock it goes by, the rhythm), and the moment that is said when it is sent. */
import { session } from '../../state/session.svelte'
import type { Draft } from './draft.svelte'
import { instantOf, wallOf } from './zones'

export type Mode = 'now' | 'later' | 'local' | 'repeat'
const HOUR = 3_600_000

export class Timing {
  mode = $state<Mode>('now')
  zone = $state(session.workspace?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  /** The next full hour at least one hour away; by each contact's clock a day away, so that nobody's has passed. */
  local = $state('')

  constructor() {
    this.local = wallOf(new Date(Math.ceil(Date.now() / HOUR + 1) * HOUR), this.zone)
  }
  /** The moment in words of the API, or null where it goes at once. */
  get at(): Date | null {
    return this.mode === 'now' || this.mode === 'repeat' || !this.local ? null : instantOf(this.local, this.zone)
  }
  from(draft: Draft): void {
    if (draft.recurrence) this.mode = 'repeat'
    else if (draft.delivery.mode === 'local_time') this.mode = 'local'
  }
  /** Another way of timing, written into the draft as far as the draft keeps it. */
  choose(mode: Mode, draft: Draft): void {
    this.mode = mode
    draft.delivery = { ...draft.delivery, mode: mode === 'local' ? 'local_time' : 'together' }
    draft.recurrence = mode === 'repeat' ? (draft.recurrence ?? { every: 'week', interval: 1, at: '09:00', time_zone: this.zone, days: [1], until: null }) : null
    // A/B tests decide once; a rhythm sends again and again.
    if (mode === 'local' && this.at && this.at.getTime() < Date.now() + 24 * HOUR) this.local = wallOf(new Date(Date.now() + 48 * HOUR), this.zone).slice(0, 11) + '09:00'
  }
  /** Why it cannot be: the moment is over, or it is missing. */
  get late(): boolean {
    return (this.mode === 'later' || this.mode === 'local') && (!this.at || this.at.getTime() < Date.now())
  }
  valid(draft: Draft): boolean {
    const { recurrence } = draft
    if (recurrence && recurrence.every !== 'day' && !recurrence.days.length) return false
    return !this.late
  }
}
