import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, client, ok } from '../src/api/client'
import { expire, hold, isSignedIn } from '../src/state/tokens.svelte'

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' } })
const fetched = vi.fn<(input: RequestInfo | URL, init?: RequestInit) => Promise<Response>>()

beforeEach(() => {
  fetched.mockReset()
  vi.stubGlobal('fetch', fetched)
  hold({ access_token: 'old', refresh_token: 'refresh', expires_in: 3600 })
})
afterEach(() => {
  expire()
  vi.unstubAllGlobals()
})
const urlOf = (call: RequestInfo | URL): string => (call instanceof Request ? call.url : String(call))

describe('the client', () => {
  it('sends the token and an idempotency key with every POST', async () => {
    fetched.mockResolvedValue(json(201, { id: '1' }))
    await ok(client.POST('/v1/segments', { body: { name: 'x', kind: 'static', contact_ids: [] } }))
    const request = fetched.mock.calls[0]?.[0] as Request
    expect(request.headers.get('Authorization')).toBe('Bearer old')
    expect(request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/)
  })
  it('renews the token once on 401 and asks again with the same key', async () => {
    fetched.mockImplementation(async (call) => {
      if (urlOf(call).endsWith('/session/refresh')) return json(200, { access_token: 'new', refresh_token: null, expires_in: 3600 })
      return (call as Request).headers.get('Authorization') === 'Bearer new' ? json(200, { items: [], next_cursor: null }) : json(401, { title: 'no' })
    })
    const pages = await Promise.all([ok(client.GET('/v1/leads')), ok(client.GET('/v1/contacts'))])
    expect(pages).toHaveLength(2)
    expect(fetched.mock.calls.filter(([call]) => urlOf(call).endsWith('/session/refresh'))).toHaveLength(1)
  })
  it('signs out when the refresh token no longer works', async () => {
    fetched.mockImplementation(async () => json(401, { title: 'no' }))
    await expect(ok(client.GET('/v1/leads'))).rejects.toMatchObject({ status: 401 })
    expect(isSignedIn()).toBe(false)
  })
  it('gives the problem of an answer, field by field', async () => {
    fetched.mockResolvedValue(json(422, { title: 'Invalid', detail: 'Not valid', request_id: 'r1', errors: [{ field: 'name', message: 'Too long', code: 'too_long' }] }))
    const error = await ok(client.GET('/v1/leads')).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).field('name')).toBe('Too long')
    expect((error as ApiError).problem.request_id).toBe('r1')
  })
  it('says when there is no network', async () => {
    fetched.mockRejectedValue(new TypeError('failed'))
    await expect(ok(client.GET('/v1/leads'))).rejects.toMatchObject({ status: 0 })
  })
})
