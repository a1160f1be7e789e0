import { describe, expect, it } from 'vitest'
import { parts, pasted } from '../src/features/segments/addresses'
import { conditionOf, isComplete, shapeOf, unitsOf, valueFor, withOp, type SegmentField } from '../src/features/segments/catalogue'
import { above, at, duplicate, fits, group, groups, insert, isGroup, leaf, leaves, moveTo, pruned, read, remove, step, unwrap, wrap, write, LEVELS, type Group, type Node } from '../src/features/segments/tree'

const city = { field: 'contact.city', op: 'is', value: 'Bogotá' }
const vip = { field: 'contact.tag', op: 'is', value: 'vip' }
const opened = { field: 'campaign.opened', op: 'did_not', value: { period: { in_last: { amount: 30, unit: 'day' } } } }
const given = { all: [city, { any: [vip, { none: [opened] }] }] }
const inner = (root: Group, index: number): Group => root.items[index] as Group
const names = (root: Group): string[] => leaves(root).map((one) => one.condition.field.split('.')[1] ?? '')

describe('the tree of conditions', () => {
  it('survives the way from the API and back', () => {
    expect(write(read(given))).toEqual(given)
    expect(write(read(city))).toEqual({ all: [city] })
    expect(write(read(null))).toEqual({ all: [] })
  })
  it('leaves unfinished rows out, and the groups that are empty without them, and keeps the ids', () => {
    const root = read(given)
    const rest = pruned(root, (one) => one.condition.field !== 'campaign.opened')
    expect(write(rest)).toEqual({ all: [city, { any: [vip] }] })
    expect(rest.items[0]?.id).toBe(root.items[0]?.id)
  })
  it('finds what a path of the API is about', () => {
    const root = read(given)
    expect(at(root, 'conditions.all.1.any.1.none.0.value')).toBe(leaves(root)[2]?.id)
    expect(at(root, 'conditions.all.1.any')).toBe(root.items[1]?.id)
    expect(at(root, 'conditions.all.0.field')).toBe(root.items[0]?.id)
    expect(at(root, 'conditions')).toBe(root.id)
    expect(at(root, 'name')).toBeUndefined()
  })
  it('steps over its neighbours, and out of its group at the edge', () => {
    let root = read(given)
    const tag = inner(root, 1).items[0] as Node
    root = step(root, tag.id, 1)
    expect(names(root)).toEqual(['city', 'opened', 'tag'])
    root = step(root, tag.id, 1)
    expect(above(root, tag.id)).toHaveLength(1)
    expect(root.items.at(-1)?.id).toBe(tag.id)
    root = step(root, tag.id, 1)
    expect(names(root)).toEqual(['city', 'opened', 'tag'])
    const none = inner(root, 1).items[0] as Node
    root = step(root, none.id, -1)
    expect(root.items.map((one) => one.id).indexOf(none.id)).toBe(1)
  })
  it('copies with ids of its own', () => {
    const root = read(given)
    const made = duplicate(root, root.items[1]?.id ?? 0)
    expect(write(made.root)).toEqual({ all: [city, given.all[1], given.all[1]] })
    expect(new Set(leaves(made.root).map((one) => one.id)).size).toBe(5)
    expect(made.root.items[2]?.id).toBe(made.id)
  })
  it('nests to five levels and no further', () => {
    let root = group('all')
    let last = root
    for (let level = 2; level <= LEVELS; level++) {
      const next = group('any')
      expect(fits(root, last.id, next)).toBe(true)
      root = insert(root, last.id, next)
      last = next
    }
    expect(fits(root, last.id, group('any'))).toBe(false)
    expect(fits(root, last.id, leaf(city))).toBe(true)
    // A group of two levels does not fit where only one is left.
    const fourth = above(root, last.id).at(-1) as Group
    expect(fits(root, fourth.id, group('all', [group('any')]))).toBe(false)
  })
  it('moves to another group, but never into itself', () => {
    const root = read(given)
    const any = inner(root, 1)
    const none = any.items[1] as Group
    expect(moveTo(root, any.id, none.id)).toBe(root)
    expect(write(moveTo(root, root.items[0]?.id ?? 0, none.id))).toEqual({ all: [{ any: [vip, { none: [opened, city] }] }] })
  })
  it('wraps and takes apart again', () => {
    const root = read(given)
    const first = root.items[0]?.id ?? 0
    const made = wrap(root, first, 'any')
    expect(write(made.root)).toEqual({ all: [{ any: [city] }, given.all[1]] })
    expect(write(unwrap(made.root, made.id))).toEqual(given)
  })
  it('removes, and never its root', () => {
    const root = read(given)
    expect(write(remove(root, root.items[1]?.id ?? 0))).toEqual({ all: [city] })
    expect(remove(root, root.id)).toBe(root)
  })
  it('numbers groups as people see them', () => {
    expect(groups(read(given)).map((one) => one.number)).toEqual(['1', '1.1'])
    expect(isGroup(read(given))).toBe(true)
  })
})

const field = (kind: SegmentField['kind'], more: Partial<SegmentField> = {}): SegmentField => ({ field: 'contact.x', group: 'contact', label: { en: '', es: '' }, kind, operators: ['is'], choices: null, lookup: null, ...more })

describe('values of conditions', () => {
  it('asks for what the operator needs', () => {
    expect(shapeOf('text', 'in')).toBe('many')
    expect(shapeOf('text', 'absent')).toBe('none')
    expect(shapeOf('money', 'between')).toBe('money_range')
    expect(shapeOf('number', 'between')).toBe('range')
    expect(shapeOf('date', 'between')).toBe('days')
    expect(shapeOf('instant', 'in_last')).toBe('relative')
    expect(shapeOf('date', 'anniversary_today')).toBe('none')
    expect(shapeOf('sample', 'between')).toBe('sample')
    expect(shapeOf('behaviour', 'did_not')).toBe('behaviour')
  })
  it('offers hours for moments only', () => {
    expect(unitsOf('instant', 'in_last')[0]).toBe('hour')
    expect(unitsOf('date', 'in_last')[0]).toBe('day')
    expect(unitsOf('instant', 'anniversary_in_next')).toEqual(['day', 'week', 'month'])
  })
  it('keeps the value when the operator changes, as far as it fits', () => {
    const text = field('text')
    expect(withOp(text, city, 'in', 'EUR').value).toEqual(['Bogotá'])
    expect(withOp(text, { ...city, op: 'in', value: ['a', 'b'] }, 'is', 'EUR').value).toBe('a')
    expect('value' in withOp(text, city, 'present', 'EUR')).toBe(false)
    expect(withOp(field('money'), { field: 'deal.won_amount', op: 'at_least', value: { amount: '5', currency: 'COP' } }, 'between', 'EUR').value).toEqual({ from: '5', to: '', currency: 'COP' })
    expect(withOp(field('date'), { field: 'date.birthday', op: 'in_last', value: { amount: 2, unit: 'year' } }, 'anniversary_in_next', 'EUR').value).toEqual({ amount: 2, unit: 'day' })
  })
  it('makes up a draw for a sample and keeps it', () => {
    const made = conditionOf(field('sample'), 'EUR', 'between').value as { salt: string }
    expect(made.salt).toHaveLength(8)
    expect(valueFor(field('sample'), 'between', made, 'EUR')).toBe(made)
  })
  it('knows when a row says all it has to', () => {
    const whole = (kind: SegmentField['kind'], op: string, value: unknown): boolean => isComplete(field(kind), { field: 'x', op, value })
    expect(whole('text', 'is', '  ')).toBe(false)
    expect(whole('text', 'absent', undefined)).toBe(true)
    expect(whole('number', 'at_least', 0)).toBe(true)
    expect(whole('number', 'at_least', null)).toBe(false)
    expect(whole('number', 'between', { from: 1, to: null })).toBe(false)
    expect(whole('text', 'in', [])).toBe(false)
    expect(whole('boolean', 'is', false)).toBe(true)
    expect(whole('behaviour', 'did', {})).toBe(true)
    expect(whole('behaviour', 'did', { period: { on: '' } })).toBe(false)
    expect(whole('behaviour', 'did', { period: { between: { from: '2026-01-01', to: '' } } })).toBe(false)
    expect(whole('sample', 'between', { from: 10, to: 10, salt: 'x' })).toBe(false)
    expect(whole('money', 'at_least', { amount: '0', currency: 'EUR' })).toBe(true)
    expect(isComplete(undefined, { field: 'custom.gone', op: 'is', value: '' })).toBe(true)
  })
})

describe('pasted addresses', () => {
  it('are found in lines, recipients and columns, each once, as written', () => {
    const text = 'Ana Gil <ANA@example.com>; "Pérez, Eva" <eva@example.com>\nluis@example.com, ana@Example.com\n\n\tsol@example.com\tLugo\nmailto:mar@example.com.\n(paz@example.com)'
    expect(pasted(text)).toEqual({ addresses: ['ANA@example.com', 'eva@example.com', 'luis@example.com', 'sol@example.com', 'mar@example.com', 'paz@example.com'], without: [] })
  })
  it('says in which pieces there is none', () => {
    expect(pasted('Correo\nana.example.com; @\nana@example.com')).toEqual({ addresses: ['@', 'ana@example.com'], without: ['Correo', 'ana.example.com'] })
    expect(pasted(`${'x'.repeat(400)}@example.com`)).toEqual({ addresses: [], without: [`${'x'.repeat(60)}…`] })
    expect(pasted(' \n;, ')).toEqual({ addresses: [], without: [] })
  })
  it('go in parts that one request takes', () => {
    expect(parts([])).toEqual([])
    expect(parts(Array.from({ length: 2001 }, (_, n) => `n${n}@example.com`)).map((part) => part.length)).toEqual([1000, 1000, 1])
  })
})
