import { describe, expect, it } from 'vitest'
import { parse } from '../src/router.svelte'

describe('routes', () => {
  it.each([
    ['', 'home', {}],
    ['#/', 'home', {}],
    ['#/leads', 'leads', {}],
    ['#/leads/01A?status=new', 'leads', { id: '01A' }],
    ['#/segments/new', 'segmentNew', {}],
    ['#/segments/01B', 'segment', { id: '01B' }],
    ['#/campaigns/01C/edit', 'campaignEdit', { id: '01C' }],
    ['#/forms/new', 'formNew', {}],
    ['#/imports/new?kind=company', 'importNew', {}],
    ['#/imports/01D', 'import', { id: '01D' }],
    ['#/companies/01E', 'company', { id: '01E' }],
    ['#/forms/frm%20x/share', 'form', { id: 'frm x', tab: 'share' }],
    ['#/settings', 'settings', {}],
    ['#/nowhere/at/all', 'missing', {}],
  ])('%s is %s', (hash, name, params) => {
    const route = parse(hash)
    expect(route.name).toBe(name)
    expect(route.params).toEqual(params)
  })
  it('keeps the query', () => {
    expect(parse('#/leads?status=new&source=a%20b').query.get('source')).toBe('a b')
  })
})
