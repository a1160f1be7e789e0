/**
 * Where the tokens live. The access token stays in the tab's session storage, the refresh token in local storage so that a
 * new tab stays signed in. It is renewed a minute before it ends, and once when the API answers 401.
 */
import type { SessionAnswer } from '../api/types'

const REFRESH = 'clientela.refresh'
const ACCESS = 'clientela.access'
const WORKSPACE = 'clientela.workspace'
/** Renew this long before the end, in milliseconds. */
const MARGIN = 60_000

interface Held {
  token: string
  until: number
}
let held: Held | null = read()
let pending: Promise<string | null> | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let signedIn = $state(Boolean(held ?? localStorage.getItem(REFRESH)))
let workspace = $state(localStorage.getItem(WORKSPACE))

function read(): Held | null {
  try {
    const value = JSON.parse(sessionStorage.getItem(ACCESS) ?? 'null') as Held | null
    return value && value.until > Date.now() ? value : null
  } catch {
    return null
  }
}
function plan(): void {
  clearTimeout(timer)
  if (held) timer = setTimeout(() => void refreshed(), Math.max(1_000, Math.min(held.until - Date.now() - MARGIN, 2 ** 31 - 1)))
}
if (held) plan()

export function isSignedIn(): boolean {
  return signedIn
}
export function workspaceId(): string | null {
  return workspace
}
export function setWorkspaceId(id: string): void {
  workspace = id
  localStorage.setItem(WORKSPACE, id)
}
export function refreshToken(): string | null {
  return localStorage.getItem(REFRESH)
}

/** Takes the tokens of an answer. */
export function hold(tokens: Pick<SessionAnswer, 'access_token' | 'refresh_token' | 'expires_in'>): void {
  if (!tokens.access_token || !tokens.expires_in) return
  held = { token: tokens.access_token, until: Date.now() + tokens.expires_in * 1000 }
  sessionStorage.setItem(ACCESS, JSON.stringify(held))
  if (tokens.refresh_token) localStorage.setItem(REFRESH, tokens.refresh_token)
  signedIn = true
  plan()
}

/** Forgets everything: the sign-in page shows. */
export function expire(): void {
  held = null
  clearTimeout(timer)
  sessionStorage.removeItem(ACCESS)
  localStorage.removeItem(REFRESH)
  signedIn = false
}

/** A token that is still good, renewed when it is about to end. */
export async function access(): Promise<string | null> {
  if (held && held.until - Date.now() > 5_000) return held.token
  return refreshed()
}

/** A new access token; one request at a time. Null when the refresh token no longer works. */
export function refreshed(): Promise<string | null> {
  pending ??= renew().finally(() => (pending = null))
  return pending
}
async function renew(): Promise<string | null> {
  const token = localStorage.getItem(REFRESH)
  if (!token) return null
  let response: Response
  try {
    response = await fetch('/api/v1/session/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
      body: JSON.stringify({ refresh_token: token }),
    })
  } catch {
    // No network: keep the session, the caller's own request will say so.
    return held?.token ?? null
  }
  if (!response.ok) {
    if (response.status < 500) expire()
    return null
  }
  hold((await response.json()) as SessionAnswer)
  return held?.token ?? null
}
