/** Short messages at the edge of the screen, with undo where something can be taken back. */
import { ApiError } from '../api/client'
import { t } from '../i18n/index.svelte'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'good' | 'bad'
  detail?: string
  action?: { label: string; run: () => void }
}
let list = $state<Toast[]>([])
let next = 1

function add(toast: Omit<Toast, 'id'>, ms: number): number {
  const id = next++
  list = [...list.slice(-3), { ...toast, id }]
  setTimeout(() => toasts.close(id), ms)
  return id
}

export const toasts = {
  get list(): Toast[] {
    return list
  },
  close(id: number): void {
    list = list.filter((toast) => toast.id !== id)
  },
  done(text: string, undo?: () => void): void {
    add({ text, tone: 'good', ...(undo ? { action: { label: t('common.undo'), run: undo } } : {}) }, undo ? 8000 : 4000)
  },
  /** Tells what went wrong in words people can act on, with the request id for support. */
  failed(error: unknown): void {
    const id = error instanceof ApiError ? error.problem.request_id : undefined
    add({ text: explain(error), tone: 'bad', ...(id ? { detail: `${t('error.request')} ${id}` } : {}) }, 9000)
  },
  /** Somebody else has saved meanwhile: saving again keeps what is on the screen, `take` what they wrote. */
  conflict(take: () => void): void {
    add({ text: t('conflict.saved_meanwhile'), tone: 'bad', action: { label: t('conflict.take_current'), run: take } }, 12_000)
  },
  add,
}

/** An error in a sentence. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 0) return t('error.network')
    if (error.status === 403) return t('error.forbidden')
    if (error.status === 404) return t('error.missing')
    if (error.status === 409) return t('error.conflict')
    if (error.status === 429) return t('error.busy')
    if (error.status >= 500) return t('error.server')
    const first = error.problem.errors?.[0]
    // The name of a value helps to find it; that of the thing itself says nothing.
    if (first) return /^$|^body$|(^|_)id$/.test(first.field) ? first.message : `${first.field}: ${first.message}`
    return error.message || t('error.server')
  }
  return t('error.server')
}
