import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Drafting } from '../src/features/campaigns/draft.svelte'
import { Estimating } from '../src/features/campaigns/estimate.svelte'

type Sent = Record<string, unknown>
const stored = { id: 'c', name: 'News', subject: 'Hello', preheader: '', from: { name: 'A', email: 'a@b.co' }, reply_to: '', segment_ids: ['s'], body: { format: 'text', source: 'x' }, body_format: 'text', counts: {}, language: 'en', state: 'draft', version: 1 }
let answers: ((sent: Sent) => Response)[]
let sent: Sent[]
const moved = { made: vi.fn(), closed: vi.fn() }

beforeEach(() => {
  sent = []
  vi.clearAllMocks()
  vi.stubGlobal('fetch', async (request: Request) => {
    const text = await request.text()
    const body = (text ? JSON.parse(text) : {}) as Sent
    if (request.method !== 'GET') sent.push(body)
    const answer = answers.shift()
    if (!answer) throw new Error(`${request.method} was not expected`)
    return answer(body)
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened(...then: ((sent: Sent) => Response)[]): Promise<Drafting> {
  answers = [() => Response.json(stored), ...then]
  const work = new Drafting('c', {}, moved)
  await work.load()
  return work
}
function type(work: Drafting, change: Partial<NonNullable<Drafting['draft']>>): void {
  Object.assign(work.draft ?? {}, change)
  work.changed()
}

describe('a campaign while it is written', () => {
  it('holds nothing that would be lost while just that is on its way', async () => {
    const work = await opened(({ subject }) => Response.json({ ...stored, subject, version: 2 }))
    type(work, { subject: 'Bye' })
    expect(work.unsent).toBe(true)
    const saving = work.save()
    await Promise.resolve()
    expect(work.unsent).toBe(false)
    type(work, { subject: 'Bye, all' })
    expect(work.unsent).toBe(true)
    await saving
    expect(work.unsent).toBe(true)
    work.stop()
  })
  it('takes nobody along who has gone elsewhere', async () => {
    answers = [() => Response.json({ ...stored, version: 1 })]
    const fresh = new Drafting(null, {}, moved)
    await fresh.load()
    const saving = fresh.save()
    fresh.stop()
    await saving
    expect(moved.made).not.toHaveBeenCalled()

    answers = [() => Response.json({ ...stored, state: 'sending' })]
    const begun = new Drafting('c', {}, moved)
    const loading = begun.load()
    begun.stop()
    await loading
    expect(moved.closed).not.toHaveBeenCalled()
  })
  it('has an audience without a segment when it is sent again to who was silent', async () => {
    answers = [() => Response.json({ ...stored, segment_ids: [], resend_of: 'b' }), () => Response.json({ sendable: 7 })]
    const work = new Drafting('c', {}, moved)
    await work.load()
    expect(work.hasAudience).toBe(true)
    const estimating = new Estimating()
    estimating.ask(work.saved)
    await vi.waitFor(() => expect(estimating.data?.sendable).toBe(7))

    answers = [() => Response.json({ ...stored, segment_ids: [] })]
    const other = new Drafting('c', {}, moved)
    await other.load()
    expect(other.hasAudience).toBe(false)
  })
  it('does not take back what another wrote while one typed on', async () => {
    const theirs = { ...stored, preheader: 'Theirs', version: 2 }
    const work = await opened(
      () => Response.json({ title: 'Conflict', current: theirs }, { status: 409 }),
      ({ subject }) => {
        type(work, { name: 'News of today' })
        return Response.json({ ...theirs, subject, version: 3 })
      },
      (body) => Response.json({ ...theirs, ...body, version: 4 }),
    )
    type(work, { subject: 'Mine' })
    expect(await work.save()).toBe(true)
    expect(work.draft).toMatchObject({ name: 'News of today', subject: 'Mine', preheader: 'Theirs' })
    await work.save()
    expect(sent.at(-1)).toEqual({ name: 'News of today', version: 3 })
    expect(work.unsent).toBe(false)
    work.stop()
  })
})
