import { afterEach, describe, expect, it, vi } from 'vitest'
import { parse, router } from '../src/router.svelte'

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

describe('leaving', () => {
  const free: (() => void)[] = []
  const change = (to: string): void => {
    const oldURL = location.href
    history.replaceState(null, '', to)
    window.dispatchEvent(Object.assign(new Event('hashchange'), { oldURL, newURL: location.href }))
  }
  afterEach(() => {
    free.splice(0).forEach((one) => one())
    vi.unstubAllGlobals()
  })
  it('is asked about while something on the page is not saved', () => {
    const confirm = vi.fn(() => false)
    vi.stubGlobal('confirm', confirm)
    change('#/campaigns/new')
    free.push(router.guard(() => null), router.guard(() => 'Leave?'), router.guard(() => null))
    // The campaign has got its address meanwhile.
    history.replaceState(null, '', '#/campaigns/01C/edit?step=content')
    change('#/contacts')
    expect(confirm).toHaveBeenCalledWith('Leave?')
    expect(location.hash).toBe('#/campaigns/01C/edit?step=content')
    expect(router.route.name).toBe('campaignNew')
  })
  it('is not asked about by what is no longer there', () => {
    const confirm = vi.fn(() => false)
    vi.stubGlobal('confirm', confirm)
    router.guard(() => 'Leave?')()
    change('#/contacts')
    expect(confirm).not.toHaveBeenCalled()
    expect(router.route.name).toBe('contacts')
  })
  it('for another new one opens another', () => {
    change('#/campaigns/new')
    const first = router.route.visit
    history.replaceState(null, '', '#/campaigns/01C/edit')
    change('#/campaigns/new')
    expect(router.route.visit).not.toBe(first)
  })
})
