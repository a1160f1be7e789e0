import { describe, expect, it } from 'vitest'
import { conflictRows, contested, flat, folded, kept, previous } from '../src/features/contacts/conflict'
import { sameValue } from '../src/features/duplicates/merge'
import { filterFields, readValue, showValue } from '../src/features/fields/values'
import { NOWHERE, again, asked, complete, type Into } from '../src/features/imports/into'
import { assigned, moving, refused, sameMapping, shares, stepOf, suggested, trust, undoable } from '../src/features/imports/model'
import { blank, clean, named, paragraphs } from '../src/features/timeline/rich'
import type { CustomField } from '../src/api/customers'

describe('two people change one contact', () => {
  const before = { first_name: 'Ana', city: 'Lugo', tags: ['a', 'b'], custom: { plan: 'basic', seats: 3 } }
  const current = { first_name: 'Ana', city: 'Vigo', tags: ['b', 'a'], custom: { plan: 'team', seats: 3 } }
  it('only fields that both changed differently are asked about', () => {
    expect(contested({ first_name: 'Eva', city: 'Ourense', tags: ['c'], custom: { plan: 'custom', seats: 9 } }, before, current)).toEqual(['city', 'custom.plan'])
    expect(contested({ city: 'Vigo' }, before, current)).toEqual([])
  })
  it('shows original, mine and current of each', () => {
    const own = [{ key: 'plan', name: 'Plan' }]
    expect(conflictRows({ city: 'Ourense', custom: { plan: 'custom' } }, before, current, own)).toEqual([
      { key: 'city', label: 'City', original: 'Lugo', mine: 'Ourense', current: 'Vigo' },
      { key: 'custom.plan', label: 'Plan', original: 'basic', mine: 'custom', current: 'team' },
    ])
  })
  it('sends what nobody contests and what mine wins', () => {
    const change = { first_name: 'Eva', city: 'Ourense', custom: { plan: 'custom', seats: 9 } }
    expect(kept(change, before, current, [])).toEqual({ first_name: 'Eva', custom: { seats: 9 } })
    expect(kept(change, before, current, ['custom.plan'])).toEqual({ first_name: 'Eva', custom: { plan: 'custom', seats: 9 } })
  })
  it('knows the way back, own fields too', () => {
    expect(previous({ city: 'Ourense', owner_id: 'u', custom: { plan: 'x' } }, before)).toEqual({ city: 'Lugo', owner_id: null, custom: { plan: 'basic' } })
    expect(folded(flat({ city: 'x', custom: { a: 1 } }))).toEqual({ city: 'x', custom: { a: 1 } })
  })
  it('takes lists in any order and empty as missing for the same', () => {
    expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(true)
    expect(sameValue(null, '')).toBe(true)
    expect(sameValue([{ address: 'a', label: '' }], [{ address: 'a', label: null }])).toBe(true)
    expect(sameValue('1', 1)).toBe(false)
  })
})

describe('the segment of an import', () => {
  it('says what was chosen, once it is complete', () => {
    expect(asked(NOWHERE)).toBeUndefined()
    expect(asked({ what: 'segment', id: 's1', name: 'x' })).toEqual({ id: 's1' })
    expect(asked({ what: 'new', id: 's1', name: ' Feria ' })).toEqual({ name: 'Feria' })
    expect([NOWHERE, { what: 'segment', id: '', name: 'x' }, { what: 'segment', id: 's1', name: '' }, { what: 'new', id: 's1', name: '  ' }, { what: 'new', id: '', name: 'x' }].map((one) => complete(one as Into))).toEqual([true, false, true, false, true])
  })
  it('is after a trial the one it was tried with', () => {
    const segment = { id: 's1', name: 'Feria', made: true, added: 0, present: 0, gone: false }
    expect(asked(again({ segment }))).toEqual({ id: 's1' })
    expect(asked(again({ segment: { ...segment, made: false } }))).toEqual({ name: 'Feria' })
    expect(asked(again({ segment: null }))).toBeUndefined()
  })
  it('can be left again although no row was written', () => {
    const counts = { rows: 1, created: 0, updated: 0, unchanged: 1, duplicate: 0, rejected: 0 }
    const segment = { id: 's1', name: 'Feria', made: true, added: 1, present: 0, gone: false }
    expect(undoable({ state: 'done', dry_run: false, counts, segment })).toBe(true)
    expect(undoable({ state: 'done', dry_run: false, counts, segment: { ...segment, added: 0 } })).toBe(false)
  })
})

describe('own fields', () => {
  const field = (given: Partial<CustomField>): CustomField => ({ id: '1', kind: 'contact', key: 'k', name: 'K', type: 'text', options: [], relation_kind: null, required: false, filterable: true, position: 0, archived: false, version: 1, created_at: '', updated_at: '', ...given })
  it('show their values', () => {
    const plan = field({ type: 'multi_choice', options: [{ value: 'a', label: 'Alpha' }] })
    expect(showValue(plan, ['a', 'gone'])).toBe('Alpha, gone')
    expect(showValue(field({ type: 'money' }), { amount: '12.50', currency: 'EUR' })).toBe('€12.50')
    expect(showValue(field({ type: 'boolean' }), false)).toBe('no')
    expect(showValue(field({ type: 'date' }), '2026-03-01')).toBe('Mar 1, 2026')
    expect(showValue(field({ type: 'number' }), 0)).toBe('0')
    expect(showValue(plan, null)).toBe('')
  })
  it('read what was typed; what is no number is left for the API to refuse by name', () => {
    expect(readValue(field({ type: 'number' }), '1,5')).toBe(1.5)
    expect(readValue(field({ type: 'number' }), 'ten')).toBe('ten')
    expect(readValue(field({ type: 'boolean' }), 'false')).toBe(false)
    expect(readValue(field({}), '  ')).toBeNull()
  })
  it('narrow lists only where they can', () => {
    expect(filterFields([field({}), field({ key: 'x', filterable: false }), field({ key: 'r', type: 'relation' })]).map((one) => one.key)).toEqual(['custom.k'])
  })
})

describe('imports', () => {
  const columns = [
    { name: 'Correo', samples: [], suggested: { field: 'email', confidence: 0.95 }, field: 'email' },
    { name: 'Otro', samples: [], suggested: { field: 'phone', confidence: 0.5 }, field: null },
    { name: 'Nada', samples: [], suggested: null, field: null },
  ]
  it('take a field to one column only', () => {
    expect(assigned({ a: 'email', b: null }, 'b', 'email')).toEqual({ a: null, b: 'email' })
    expect(assigned({ a: 'email', b: 'phone' }, 'b', null)).toEqual({ a: 'email', b: null })
  })
  it('begin with what is suggested, and say how sure that is', () => {
    expect(suggested(columns)).toEqual({ Correo: 'email', Otro: 'phone', Nada: null })
    expect(columns.map(trust)).toEqual(['sure', 'maybe', 'none'])
    expect(sameMapping({ a: '1', b: null }, { b: null, a: '1' })).toBe(true)
  })
  it('refuse a file before it is sent', () => {
    expect(refused({ name: 'a.csv', size: 10 })).toBeNull()
    expect(refused({ name: 'A.XLSX', size: 10 })).toBeNull()
    expect(refused({ name: 'a.exe', size: 10 })).toBe('type')
    expect(refused({ name: 'a.csv', size: 0 })).toBe('empty')
    expect(refused({ name: 'a.csv', size: 201 * 1024 * 1024 })).toBe('large')
  })
  it('know their step, whether something moves and whether it can be taken back', () => {
    const counts = { rows: 10, created: 4, updated: 1, unchanged: 0, duplicate: 0, rejected: 0 }
    expect(stepOf(null)).toBe('file')
    expect(stepOf({ state: 'reading', dry_run: false })).toBe('columns')
    expect(stepOf({ state: 'undoing', dry_run: false })).toBe('running')
    expect(stepOf({ state: 'failed', dry_run: false })).toBe('result')
    expect(moving('ready')).toBe(false)
    expect(undoable({ state: 'done', dry_run: false, counts })).toBe(true)
    expect(undoable({ state: 'done', dry_run: true, counts })).toBe(false)
    expect(undoable({ state: 'undone', dry_run: false, counts })).toBe(false)
    expect(shares({ counts, total: 10 }).map((one) => one.share)).toEqual([0.4, 0.1, 0, 0, 0])
  })
})

describe('formatted text', () => {
  it('keeps a few tags and nothing that acts', () => {
    expect(clean('<p onclick="x()">Hi <b>you</b><script>alert(1)</script></p>')).toBe('<p>Hi <b>you</b></p>')
    expect(clean('<a href="javascript:alert(1)">x</a><a href="https://a.example/?a=1&b=2">y</a>')).toBe('x<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener nofollow">y</a>')
    expect(clean('<svg onload=alert(1)><title>t</title></svg><style>p{}</style><font>z</font>')).toBe('z')
    expect(clean('a < b & c')).toBe('a &lt; b &amp; c')
  })
  it('shows who is named, and tells their ids', () => {
    const people = [{ id: 'u1', name: 'Lucía Ortega' }, { id: 'u2', name: 'Tom (US)' }]
    expect(clean('<p>@Lucía Ortega, @Tom (US) and @Nobody</p>', people.map((one) => one.name))).toBe('<p><mark>@Lucía Ortega</mark>, <mark>@Tom (US)</mark> and @Nobody</p>')
    expect(named('<p>for @Lucía&nbsp;x and <b>@Tom (US)</b></p>', people)).toEqual(['u2'])
  })
  it('knows when there is nothing to read', () => {
    expect(blank('<p><br></p>&nbsp;')).toBe(true)
    expect(blank('<p>.</p>')).toBe(false)
    expect(paragraphs('a\nb\n\n<c>')).toBe('<p>a<br>b</p><p>&lt;c&gt;</p>')
  })
})
