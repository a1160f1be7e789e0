import { describe, expect, it } from 'vitest'
import { bodyOf, formOf } from '../src/features/forms/model'
import { curlCode, htmlCode, newForm, scriptCode } from '../src/features/forms/starter'
import { lastDays } from '../src/features/home/days'
import { shiftWeek } from '../src/features/reports/week'
import { inWords, test } from '../src/features/settings/rule'
import { describe as describeActivity } from '../src/features/timeline/activity'
import { ago, money, number, t, tn } from '../src/i18n/index.svelte'

describe('scoring rules', () => {
  it('are kept under the names of the API', () => {
    expect(test({ field: 'tag', op: 'is', value: ' vip ' })).toEqual({ field: 'contact.tag', op: 'is', value: 'vip' })
    expect(test({ field: 'consent', op: 'is', value: 'marketing_email' })).toEqual({ field: 'consent.marketing_email', op: 'is', value: 'granted' })
  })
  it('are read aloud, nested ones too', () => {
    const tree = { all: [{ field: 'contact.country', op: 'is', value: 'CO' }, { any: [{ field: 'contact.tag', op: 'in', value: ['a', 'b'] }, { none: [{ field: 'contact.phone', op: 'present' }] }] }] }
    expect(inWords(tree)).toBe('Country is Colombia and (Tag is one of a, b or not (Phone is given))')
  })
})

describe('forms', () => {
  it('survives the way to the API and back', () => {
    const form = { ...newForm('Contact', 'web'), form_key: 'k' }
    const back = formOf({ ...bodyOf(form), form_key: 'k', counts: form.counts, version: 0, created_at: '', updated_at: '' } as unknown as Parameters<typeof formOf>[0])
    expect(back.fields).toEqual(form.fields)
    expect(back.thank_you).toEqual(form.thank_you)
  })
  it('leaves empty texts out', () => {
    const form = { ...newForm('Contact', 'web'), title: { es: ' ', en: '' }, redirect_url: '' }
    expect(bodyOf(form).title).toBeNull()
    expect(bodyOf(form).redirect_url).toBeNull()
  })
  it('writes code that can be pasted', () => {
    const form = { ...newForm('A "form"', 'web'), form_key: 'abc' }
    expect(scriptCode('https://x.example', 'abc')).toBe('<script src="https://x.example/embed/form.js" data-form="abc" async></script>')
    const html = htmlCode('https://x.example', form, 'en')
    expect(html).toContain('action="https://x.example/api/v1/forms/abc/submissions"')
    expect(html).toContain('name="consent" value="marketing"')
    expect(curlCode('https://x.example', form)).toContain('"token": "TOKEN"')
  })
})

describe('dates', () => {
  it('takes the last seven days of a zone', () => {
    const days = lastDays([{ day: '2026-11-21', count: 4 }, { day: '2026-11-20', count: 2 }, { day: '2026-11-01', count: 9 }], 'America/Bogota', new Date('2026-11-22T03:00:00Z'))
    expect(days.list.at(-1)).toEqual({ day: '2026-11-21', count: 4 })
    expect(days).toMatchObject({ today: 4, yesterday: 2, total: 6 })
  })
  it('moves by weeks', () => {
    expect(shiftWeek('2026-11-21', -1)).toBe('2026-11-14')
    expect(shiftWeek('2026-12-28', 1)).toBe('2027-01-04')
  })
  it('says how long ago', () => {
    const now = Date.parse('2026-11-21T12:00:00Z')
    expect(ago('2026-11-21T11:59:40Z', now)).toBe('now')
    expect(ago('2026-11-21T11:15:00Z', now)).toMatch(/45 min/)
  })
})

describe('words', () => {
  it('fills and counts', () => {
    expect(t('common.remove_named', { name: 'x' })).toBe('Remove x')
    expect(tn('segments.contacts', 1)).toBe('1 contact')
    expect(tn('segments.contacts', 1200, { n: number(1200) })).toBe('1,200 contacts')
    expect(money('0.0975', 'USD', 4)).toBe('$0.0975')
  })
  it('describes activities from what the API recorded', () => {
    const stages: Record<string, string> = { necesidades: 'Needs' }
    const activity = (kind: string, data: Record<string, unknown>): string => describeActivity({ id: '', at: '', kind, title_key: '', data, actor: null, about: { kind: 'contact', id: '' }, written: false, planned: false, pinned: false, version: null, edited_at: null }, (id) => stages[id])
    expect(activity('lead_status_changed', { from: 'new', to: 'disqualified', reason: 'no_budget' })).toBe('New → Disqualified · No budget')
    expect(activity('deal_stage_changed', { title: 'Web', stage: 'necesidades', to: 'necesidades' })).toBe('Web · Needs')
    expect(activity('deal_created', { title: 'Web', amount: '1200.50', currency: 'EUR', stage: 'gone' })).toBe(`Web · gone · ${money('1200.50', 'EUR')}`)
    expect(activity('score_changed', { points: 20, total: 35, reason: 'Form' })).toBe('+20 · Form · total 35')
    expect(activity('score_changed', { points: 0, total: 0, reason: 'Form' })).toBe('0 · Form · total 0')
  })
})
