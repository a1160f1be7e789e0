import { render, screen, fireEvent } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import Filters from '../src/lists/Filters.svelte'
import { arranged, moved, remember, remembered, type ListColumn } from '../src/lists/columns'
import { conditionOf, draftOf, inWords, opsOf, readFilter, sameFilter, toggled, writeFilter, type FilterField, type ListCondition } from '../src/lists/filters'

const stage: FilterField = { key: 'lifecycle_stage', label: 'Stage', kind: 'choice', options: [{ value: 'loyalty', label: 'Loyalty' }, { value: 'retention', label: 'Retention' }, { value: 'a', label: 'A' }, { value: 'b', label: 'B' }] }
const score: FilterField = { key: 'score', label: 'Score', kind: 'number', ops: ['at_least', 'between'] }
const tag: FilterField = { key: 'tag', label: 'Tag', kind: 'tag' }
const names = { member: (id: string) => (id === 'u1' ? 'Elena' : '') }

describe('conditions of a list', () => {
  it('are made of what was typed, and only when it is whole', () => {
    expect(conditionOf({ ...draftOf(tag), value: ' VIP ' }, tag)).toEqual({ field: 'tag', op: 'is', value: 'vip' })
    expect(conditionOf({ ...draftOf(score), value: '12,5' }, score)).toEqual({ field: 'score', op: 'at_least', value: 12.5 })
    expect(conditionOf({ ...draftOf(score), value: 'many' }, score)).toBeNull()
    expect(conditionOf({ ...draftOf(tag), value: '  ' }, tag)).toBeNull()
    expect(conditionOf({ ...draftOf(tag), op: 'empty' }, tag)).toEqual({ field: 'tag', op: 'empty' })
  })
  it('between takes its ends in any order, and one end alone', () => {
    const draft = { ...draftOf(score), op: 'between' as const }
    expect(conditionOf({ ...draft, from: '9', to: '3' }, score)).toEqual({ field: 'score', op: 'between', from: 3, to: 9 })
    expect(conditionOf({ ...draft, from: '9' }, score)).toEqual({ field: 'score', op: 'at_least', value: 9 })
    expect(conditionOf({ ...draft, to: '3' }, score)).toEqual({ field: 'score', op: 'at_most', value: 3 })
    expect(conditionOf(draft, score)).toBeNull()
  })
  it('one of several values is a value; the same twice is once', () => {
    expect(conditionOf({ ...draftOf(stage), values: ['loyalty', 'loyalty'] }, stage)).toEqual({ field: 'lifecycle_stage', op: 'is', value: 'loyalty' })
    expect(conditionOf({ ...draftOf(stage), values: ['loyalty', 'retention'] }, stage)).toEqual({ field: 'lifecycle_stage', op: 'in', value: ['loyalty', 'retention'] })
  })
  it('survive the way through an address; broken ones are none', () => {
    const list: ListCondition[] = [{ field: 'tag', op: 'is', value: 'ñandú & co' }, { field: 'custom.plan', op: 'in', value: ['a', 'b'] }]
    expect(readFilter(writeFilter(list))).toEqual(list)
    expect(writeFilter([])).toBeNull()
    for (const broken of ['', null, '{', '{"field":"x"}', '[1, null, {"field":1}, {"field":"x","op":"drop"}]']) expect(readFilter(broken)).toEqual([])
  })
  it('are the same in any order', () => {
    const one: ListCondition[] = [{ field: 'a', op: 'is', value: 1 }, { field: 'b', op: 'empty' }]
    expect(sameFilter(one, [{ op: 'empty', field: 'b' }, { value: 1, op: 'is', field: 'a' }])).toBe(true)
    expect(sameFilter(one, one.slice(1))).toBe(false)
    expect(sameFilter([{ field: 'a', op: 'is', value: 1 }], [{ field: 'a', op: 'is', value: '1' }])).toBe(false)
  })
  it('quick ones go on, in place of another of their field, and off', () => {
    const mine: ListCondition = { field: 'owner_id', op: 'is', value: 'me' }
    const nobody: ListCondition = { field: 'owner_id', op: 'empty' }
    const other: ListCondition = { field: 'tag', op: 'is', value: 'x' }
    expect(toggled([other], [mine])).toEqual([other, mine])
    expect(toggled([other, mine], [nobody])).toEqual([other, nobody])
    expect(toggled([other, mine], [mine])).toEqual([other])
  })
  it('are read aloud', () => {
    expect(inWords({ field: 'lifecycle_stage', op: 'in', value: ['loyalty', 'retention'] }, stage, names)).toBe('Stage is Loyalty or Retention')
    expect(inWords({ field: 'lifecycle_stage', op: 'in', value: ['loyalty', 'retention', 'a', 'b'] }, stage, names)).toBe('Stage is Loyalty, Retention and 2 more')
    expect(inWords({ field: 'owner_id', op: 'is', value: 'me' }, { key: 'owner_id', label: 'Owner', kind: 'member' }, names)).toBe('Owner is me')
    expect(inWords({ field: 'owner_id', op: 'not', value: 'u1' }, { key: 'owner_id', label: 'Owner', kind: 'member' }, names)).toBe('Owner is not Elena')
    expect(inWords({ field: 'country', op: 'is', value: 'CO' }, { key: 'country', label: 'Country', kind: 'country' }, names)).toBe('Country is Colombia')
    expect(inWords({ field: 'score', op: 'between', from: 3, to: 1200 }, score, names)).toBe('Score: 3 to 1,200')
    expect(inWords({ field: 'gone', op: 'present' }, undefined, names)).toBe('gone has a value')
  })
  it('offer only what the API can compare', () => {
    expect(opsOf(score)).toEqual(['at_least', 'between'])
    expect(opsOf(tag)).not.toContain('begins')
  })
})

describe('the builder', () => {
  it('finds a field, takes a value and adds the condition; a chip takes it away', async () => {
    const onchange = vi.fn()
    const { rerender } = render(Filters, { props: { fields: [tag, score], value: [], onchange } })
    await fireEvent.click(screen.getByRole('button', { name: 'Filter' }))
    await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'SCO' } })
    await fireEvent.click(screen.getByRole('button', { name: 'Score' }))
    const apply = screen.getByRole<HTMLButtonElement>('button', { name: 'Apply' })
    expect(apply.disabled).toBe(true)
    await fireEvent.input(screen.getByRole('textbox', { name: 'Value' }), { target: { value: '40' } })
    await fireEvent.submit(apply.closest('form') as HTMLFormElement)
    expect(onchange).toHaveBeenCalledWith([{ field: 'score', op: 'at_least', value: 40 }])
    await rerender({ fields: [tag, score], value: [{ field: 'tag', op: 'is', value: 'vip' }], onchange })
    await fireEvent.click(screen.getByRole('button', { name: 'Remove Tag is vip' }))
    expect(onchange).toHaveBeenLastCalledWith([])
  })
})

describe('columns', () => {
  const column = (id: string, more: Partial<ListColumn> = {}): ListColumn => ({ id, label: id, width: '1fr', ...more })
  const all = [column('name', { fixed: true }), column('email', { initial: true, from: 900 }), column('city'), column('tags', { initial: true })]
  it('are the initial ones until somebody chooses; the fixed one stays first', () => {
    expect(arranged(all, null).map((one) => one.id)).toEqual(['name', 'email', 'tags'])
    expect(arranged(all, ['tags', 'city', 'gone', 'name']).map((one) => one.id)).toEqual(['name', 'tags', 'city'])
  })
  it('that were chosen are shown at any width', () => {
    expect(arranged(all, ['email'])[1]?.from).toBeUndefined()
  })
  it('move, and stop at the ends', () => {
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c'])
    expect(moved(['a', 'b', 'c'], 'a', 2)).toEqual(['b', 'c', 'a'])
  })
  it('are remembered by kind', () => {
    remember('contact', ['city'])
    expect(remembered('contact')).toEqual(['city'])
    expect(remembered('company')).toBeNull()
    remember('contact', null)
    expect(remembered('contact')).toBeNull()
  })
})
