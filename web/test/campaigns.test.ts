import { describe, expect, it } from 'vitest'
import { changes, contested, draftOf, same, type Draft } from '../src/features/campaigns/draft.svelte'
import { withLanguage, withoutLanguage, withOwnLanguage } from '../src/features/campaigns/languages'
import { campaignOf, ended, letter, moving, LEDGER } from '../src/features/campaigns/model'
import { opensAt } from '../src/features/campaigns/pacing'
import { costParts, costText, daysWords, lasting, paceWords, rhythmWords } from '../src/features/campaigns/words'

type Given = Parameters<typeof campaignOf>[0]
const listed = { id: 'c', name: 'News', subject: 'Hello', preheader: '', from: { name: 'A', email: 'a@b.co' }, reply_to: '', segment_ids: ['s'], body: null, body_format: 'mjml', counts: { sent: 3, failed: 1 }, language: 'en', state: 'sending' } as unknown as Given

describe('a campaign of the API', () => {
  it('has everything the screens ask for, also what a list leaves out', () => {
    const one = campaignOf(listed)
    expect(one.body).toEqual({ format: 'mjml', source: '' })
    expect(one.delivery.mode).toBe('together')
    expect(one.translations).toEqual({})
    expect(ended(one.counts)).toBe(4)
    expect(LEDGER.reduce((sum, state) => sum + one.counts[state], 0)).toBe(4)
  })
  it('is looked at often while it does something by itself', () => {
    expect(moving(campaignOf(listed))).toBe(true)
    expect(moving(campaignOf({ ...listed, state: 'finished' } as Given))).toBe(false)
    expect(moving(campaignOf({ ...listed, state: 'paused', stopping: true } as unknown as Given))).toBe(true)
  })
  it('names variants by letters', () => expect([0, 1, 3].map(letter)).toEqual(['A', 'B', 'D']))
})

describe('a draft', () => {
  const before = draftOf(campaignOf(listed))
  it('sends only what changed', () => {
    expect(changes(before, draftOf(campaignOf(listed)))).toEqual({})
    expect(changes({ ...before, subject: 'Bye' }, before)).toEqual({ subject: 'Bye' })
    expect(changes({ ...before, from: { email: 'a@b.co', name: 'A' } }, before)).toEqual({})
  })
  it('asks only about what both changed to different values', () => {
    const theirs = { ...before, subject: 'Theirs', preheader: 'Same' }
    expect(contested({ subject: 'Mine', preheader: 'Same', segment_ids: [] }, before, theirs)).toEqual(['subject'])
    expect(contested({ name: 'Mine' }, before, theirs)).toEqual([])
  })
  it('compares without regard to the order of keys', () => {
    expect(same({ a: [1, { b: 2, c: 3 }] }, { a: [1, { c: 3, b: 2 }] })).toBe(true)
    expect(same([1, 2], [2, 1])).toBe(false)
  })
})

describe('the languages of a campaign', () => {
  const text = (subject: string): { subject: string; preheader: string; body: null } => ({ subject, preheader: '', body: null })
  const draft: Draft = {
    ...draftOf(campaignOf(listed)), translations: { es: { subject: 'Hola', preheader: '', body: { format: 'text', source: 'hola' } } },
    ab_test: { what: 'subject', share: 20, variants: [{ ...text('Hi'), translations: { es: text('Buenas') } }], winner_by: 'opens', after_minutes: 60 },
  }
  const variants = (one: Partial<Draft>): unknown => one.ab_test?.variants[0]
  it('goes from its test, too, which the API would refuse otherwise, and comes back', () => {
    const without = { ...draft, ...withoutLanguage(draft, 'es') }
    expect(without.translations).toEqual({})
    expect(variants(without)).toEqual({ ...text('Hi'), translations: {} })
    expect(withLanguage(without, 'es', draft)).toEqual({ translations: draft.translations, ab_test: draft.ab_test })
  })
  it('is begun in the test as well', () => {
    expect(variants(withLanguage(draft, 'fr'))).toEqual({ ...text('Hi'), translations: { es: text('Buenas'), fr: text('') } })
  })
  it('changes places with the own one everywhere', () => {
    const swapped = withOwnLanguage(draft, 'es')
    expect(swapped).toMatchObject({ language: 'es', subject: 'Hola', translations: { en: { subject: 'Hello' } } })
    expect(variants(swapped)).toEqual({ ...text('Buenas'), translations: { en: text('Hi') } })
    expect(withOwnLanguage({ ...draft, ...swapped }, 'en')).toMatchObject({ language: 'en', subject: 'Hello', ab_test: draft.ab_test })
  })
})

describe('a send window', () => {
  const office = { from: '09:00', to: '18:00', days: [1, 2, 3, 4, 5] }
  const at = (text: string): Date => new Date(text)
  it('lets messages out while it is open', () => {
    expect(opensAt(office, 'Europe/Madrid', at('2026-11-23T08:00:00Z'))).toBeNull()
    expect(opensAt(office, 'Europe/Madrid', at('2026-11-23T16:59:00Z'))).toBeNull()
  })
  it('says when it opens next, over the night and over the weekend', () => {
    expect(opensAt(office, 'Europe/Madrid', at('2026-11-23T06:30:00Z'))?.toISOString()).toBe('2026-11-23T08:00:00.000Z')
    expect(opensAt(office, 'Europe/Madrid', at('2026-11-23T17:00:00Z'))?.toISOString()).toBe('2026-11-24T08:00:00.000Z')
    expect(opensAt(office, 'Europe/Madrid', at('2026-11-27T20:00:00Z'))?.toISOString()).toBe('2026-11-30T08:00:00.000Z')
  })
  it('goes by the clocks of its zone, and may go over midnight', () => {
    expect(opensAt(office, 'America/Bogota', at('2026-11-23T13:00:00Z'))?.toISOString()).toBe('2026-11-23T14:00:00.000Z')
    const night = { from: '22:00', to: '02:00', days: [5] }
    expect(opensAt(night, 'UTC', at('2026-11-28T01:00:00Z'))).toBeNull()
    expect(opensAt(night, 'UTC', at('2026-11-28T03:00:00Z'))?.toISOString()).toBe('2026-12-04T22:00:00.000Z')
  })
})

describe('in words', () => {
  it('says rhythms and paces', () => {
    expect(rhythmWords({ every: 'week', interval: 2, at: '09:00', time_zone: 'Europe/Madrid', days: [1], until: null })).toBe('Every 2 weeks on Monday at 09:00 (Europe/Madrid)')
    expect(rhythmWords({ every: 'day', interval: 1, at: '08:30', time_zone: 'UTC', days: [], until: '2026-12-31' })).toBe('Every day at 08:30 (UTC) until Dec 31, 2026')
    expect(paceWords({ mode: 'together', window: { from: '09:00', to: '18:00', days: [1, 2, 3, 4, 5] }, per_hour: 1200, warm_up: false })).toEqual(['09:00 to 18:00, on working days', 'at most 1,200 an hour'])
    expect(daysWords([6, 7])).toBe('Saturday, Sunday')
  })
  it('says how long it lasts', () => {
    expect([0.2, 40, 720, 12_000, 7200].map(lasting)).toEqual(['1 s', '40 s', '12 min', '3 h 20 min', '2 h'])
  })
})

describe('a cost', () => {
  const cost = (amount: string, ...parts: string[]) => ({ amount, currency: 'USD', breakdown: parts.map((part, at) => ({ name: `part${at}`, amount: part, units: '1', unit_price: '1' })) }) as unknown as Parameters<typeof costParts>[0]
  it('has as many decimals as its sum, and nothing that costs something is shown as nothing', () => {
    expect(costText('0.0192', 'USD')).toBe('$0.0192')
    expect(costText('1234.5', 'USD')).toBe('$1,234.50')
    expect(costParts(cost('0.0192', '0.019', '0.00004', '0')).map((part) => part.amount)).toEqual(['$0.0190', '< $0.0001', '$0.0000'])
    expect(costParts(cost('12.004', '12', '0.004')).map((part) => part.amount)).toEqual(['$12.00', '< $0.01'])
  })
})
