import { describe, expect, it } from 'vitest'
import { instantOf, wallOf } from '../src/features/campaigns/zones'

describe('wall-clock times of a zone', () => {
  it.each([
    ['2026-11-23T10:00', 'America/Bogota', '2026-11-23T15:00:00.000Z'],
    ['2026-07-01T09:30', 'Europe/Madrid', '2026-07-01T07:30:00.000Z'],
    ['2026-01-01T00:00', 'UTC', '2026-01-01T00:00:00.000Z'],
    ['2026-06-01T12:15', 'Asia/Kathmandu', '2026-06-01T06:30:00.000Z'],
    // Skipped by summer time: as long after the change as the clock says.
    ['2026-03-29T02:30', 'Europe/Madrid', '2026-03-29T01:30:00.000Z'],
    // Shown twice: the first.
    ['2026-10-25T02:30', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, utc) => {
    expect(instantOf(local, zone).toISOString()).toBe(utc)
  })
  it('goes back', () => {
    expect(wallOf(new Date('2026-11-23T15:00:00Z'), 'America/Bogota')).toBe('2026-11-23T10:00')
  })
})
