/** Wall-clock times of an IANA zone as instants. */

/** The offset of a zone at an instant, in milliseconds east of UTC. */
function offset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(at)
  const get = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - Math.floor(at / 1000) * 1000
}

/**
 * The instant at which clocks in `timeZone` show `local` ("2026-11-23T10:00"). A time that a change to summer time skips is
 * moved forward by the skip; of a time that comes twice the first is taken.
 */
export function instantOf(local: string, timeZone: string): Date {
  const wall = Date.parse(`${local}Z`)
  const earlier = wall - offset(wall - 86_400_000, timeZone)
  if (offset(earlier, timeZone) === wall - earlier) return new Date(earlier)
  const later = wall - offset(wall + 86_400_000, timeZone)
  return new Date(offset(later, timeZone) === wall - later ? later : earlier)
}

/** The wall-clock time of an instant in a zone, for a datetime-local field. */
export function wallOf(at: Date, timeZone: string): string {
  return new Date(at.getTime() + offset(at.getTime(), timeZone)).toISOString().slice(0, 16)
}
