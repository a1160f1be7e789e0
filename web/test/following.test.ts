import { render, screen, waitFor } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { campaignOf, type Campaign } from '../src/features/campaigns/model'
import Parked from '../src/features/campaigns/Parked.svelte'
import Recipients from '../src/features/campaigns/Recipients.svelte'
import Results from '../src/features/campaigns/Results.svelte'
import { parse } from '../src/router.svelte'

const asked: string[] = []
const campaign = (sent = 3): Campaign => campaignOf({ id: 'c', name: 'News', subject: 'Hello', segment_ids: ['s'], counts: { sent }, state: 'sending' } as unknown as Parameters<typeof campaignOf>[0])

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname.split('/').slice(-1)[0] ?? ''}`)
    return Promise.resolve(Response.json({ items: [], next_cursor: null, html: '', totals: { sent: 0 } }))
  })
})
afterEach(() => vi.unstubAllGlobals())

/** What was asked for when the campaign was looked at again, with nothing new to say. */
async function asksAgain(rerender: (props: { campaign: Campaign }) => Promise<void>): Promise<string[]> {
  await waitFor(() => expect(asked.length).toBeGreaterThan(0))
  const before = asked.length
  await rerender({ campaign: campaign() })
  await new Promise((resolve) => setTimeout(resolve, 20))
  return asked.slice(before)
}

describe('while a campaign is looked at again and again', () => {
  const route = parse('#/campaigns/c?tab=recipients')
  it('the ledger is not asked again for it', async () => {
    const { rerender } = render(Recipients, { campaign: campaign(), route, ondecide: () => undefined })
    const field: HTMLInputElement = screen.getByRole('searchbox')
    field.value = 'ana@'
    field.dispatchEvent(new Event('input', { bubbles: true }))
    expect(await asksAgain(rerender)).toEqual([])
    expect(field.value).toBe('ana@')
  })
  it('nor are those of whom nobody knows', async () => {
    expect(await asksAgain(render(Parked, { campaign: campaign(), ondone: () => undefined }).rerender)).toEqual([])
  })
  it('nor are the results and the mail', async () => {
    expect(await asksAgain(render(Results, { campaign: campaign() }).rerender)).toEqual([])
  })
})
