import { describe, expect, it } from 'vitest'
import { bars, cell, csv, heated, type Results } from '../src/features/campaigns/results'

const moment = (at: string, hours: number, opened: number, clicked = 0): Results['hours'][number] => ({ at, hours, opened, clicked, machine_opens: 1, machine_clicks: 2 })
const link = (number: number, url: string, clicks: number): Results['links'][number] => ({ number, url, positions: [number + 1], people: clicks, clicks, machine_clicks: 4, share: clicks / 4 })
const results = {
  campaign_id: '1', as_of: '2026-11-25T12:00:00.000Z', time_zone: 'Europe/Madrid', totals: { sent: 10 }, rates: { open: 0.25, click: null },
  bounces: [], clients: [{ name: 'gmail', people: 3 }], devices: [], variants: [{ name: '0', sent: 5 }], languages: [],
  links: [link(0, 'https://a.example/x?y=1&z=2', 3), link(1, '=cmd()', 1), link(2, 'https://never.example', 0)],
  hours: [moment('2026-11-21T22:00:00.000Z', 1, 3), moment('2026-11-22T01:00:00.000Z', 1, 2, 1), moment('2026-11-23T23:00:00.000Z', 24, 5)],
  conversions: { goal: null, people: 0, revenue: [{ currency: 'EUR', amount: '12.50' }], total: null },
} as unknown as Results

describe('results of a campaign', () => {
  it('draws hours without gaps', () => {
    expect(bars(results, 'hour').map((bar) => [bar.at, bar.opened, bar.clicked])).toEqual([
      ['2026-11-21T22:00:00.000Z', 3, 0], ['2026-11-21T23:00:00.000Z', 0, 0], ['2026-11-22T00:00:00.000Z', 0, 0], ['2026-11-22T01:00:00.000Z', 2, 1],
    ])
  })
  it('draws days on the clocks of the workspace', () => {
    expect(bars(results, 'day').map((bar) => [bar.at, bar.opened, bar.machine])).toEqual([['2026-11-21', 3, 3], ['2026-11-22', 2, 3], ['2026-11-23', 0, 0], ['2026-11-24', 5, 3]])
  })
  it('has no bars where nothing happened', () => expect(bars({ ...results, hours: [] }, 'day')).toEqual([]))
  it('marks the links of the mail and lets none of them lead anywhere', () => {
    const html = heated('<p><a href="https://a.example/x?y=1&amp;z=2">Buy</a> <a href="https://other.example">No</a></p>', results, false, (people, clicks) => `${people}/${clicks}`)
    expect(html).toContain('75%')
    expect(html).toContain('title="3/3"')
    expect(html).not.toContain('a.example')
    expect(heated('<a href="https://never.example">x</a>', results, true, () => '')).toContain('25%')
  })
  it('writes no formula into a CSV', () => {
    expect(cell('=1+1')).toBe("'=1+1")
    expect(cell('＝1')).toBe("'＝1")
    expect(cell('a "b", c')).toBe('"a ""b"", c"')
    expect(cell(-3)).toBe('-3')
    expect(cell(null)).toBe('')
    const lines = csv(results).trim().split('\r\n')
    expect(lines[0]).toBe('section,name,figure,value')
    expect(lines).toContain("links,'=cmd(),people,1")
    expect(lines).toContain('rates,open,share,0.25')
    expect(lines).toContain('revenue,EUR,amount,12.50')
    expect(lines).toContain('variants,0,sent,5')
  })
})
