/**
 * The one way to the API: typed paths, bearer token, workspace, idempotency keys, refresh on 401, and errors as
 * `ApiError` with the problem document of the answer.
 */
import createClient from 'openapi-fetch'
import { access, expire, refreshed, workspaceId } from '../state/tokens.svelte'
import { connection } from '../state/connection.svelte'
import { locale } from '../i18n/index.svelte'
import { inWords } from './faults'
import type { paths } from './schema'

export interface FieldProblem {
  field: string
  message: string
  code?: string
}

/** An answer that is not 2xx, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problem: {
      type?: string
      title?: string
      detail?: string
      request_id?: string
      errors?: FieldProblem[]
      current?: unknown
    } = {},
  ) {
    super(message)
    this.name = 'ApiError'
  }
  /** The message for a field path such as `sender.email`, if the API named it. */
  field(path: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === path || error.field === `body.${path}`)?.message
  }
}

const BASE = `${location.origin}/api`

async function send(request: Request): Promise<Response> {
  try {
    const response = await fetch(request)
    connection.reached()
    return response
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    connection.lost()
    throw new ApiError(0, 'network')
  }
}

async function authorised(request: Request): Promise<Response> {
  const isSession = new URL(request.url).pathname.startsWith('/api/v1/session')
  request.headers.set('Accept-Language', locale())
  if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', crypto.randomUUID())
  }
  if (isSession) return send(request)
  const sign = (to: Request, token: string | null): Request => {
    if (token) to.headers.set('Authorization', `Bearer ${token}`)
    const workspace = workspaceId()
    if (workspace) to.headers.set('X-Workspace', workspace)
    return to
  }
  // The body of a request can be read once: keep a copy for the second try.
  const again = request.clone()
  const response = await send(sign(request, await access()))
  if (response.status !== 401) return response
  const token = await refreshed()
  if (!token) {
    expire()
    return response
  }
  return send(sign(again, token))
}

export const client = createClient<paths>({ baseUrl: BASE, fetch: authorised })

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The data of an answer, or an `ApiError`. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call
  if (response.ok) return data as T
  const problem = await inWords((typeof error === 'object' && error ? error : {}) as ApiError['problem'])
  throw new ApiError(response.status, problem.detail ?? problem.title ?? response.statusText, problem)
}
