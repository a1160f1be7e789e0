/**
 * A campaign while it is written: what is in the fields, what the API has, and the way between. Saves by itself a moment after
 * the last change, only what changed; where somebody else changed something else meanwhile both hold, and where they changed the
 * same the person is asked.
 */
import { untrack } from 'svelte'
import { ApiError, client, ok, type FieldProblem } from '../../api/client'
import type { Language } from '../../api/types'
import { session } from '../../state/session.svelte'
import { toasts } from '../../state/toasts.svelte'
import { date, locale, t } from '../../i18n/index.svelte'
import { empty } from '../templates/draft'
import { campaignOf, type AbTest, type Body, type Campaign, type Content, type Delivery, type Goal, type Recurrence } from './model'

export interface Draft {
  name: string
  subject: string
  preheader: string
  from: { name: string; email: string }
  reply_to: string
  language: Language
  body: Body
  template_id: string
  translations: Record<string, Content>
  segment_ids: string[]
  exclude_segment_ids: string[]
  topic: string
  delivery: Delivery
  ab_test: AbTest | null
  recurrence: Recurrence | null
  goal: Goal | null
}
type Part = keyof Draft
const PARTS: readonly Part[] = [
  'name', 'subject', 'preheader', 'from', 'reply_to', 'language', 'body', 'template_id', 'translations', 'segment_ids',
  'exclude_segment_ids', 'topic', 'delivery', 'ab_test', 'recurrence', 'goal',
]
/** How long after the last key a change is saved, in milliseconds. */
const PAUSE = 900

export function draftOf(one: Campaign): Draft {
  return structuredClone(Object.fromEntries(PARTS.map((part) => [part, one[part]]))) as unknown as Draft
}
/** Compared as JSON: both sides have their keys in the API's order, or are what was sent. */
export const same = (one: unknown, other: unknown): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]))
  return value
}
/** The parts of a draft that are not as they were saved. */
export function changes(now: Draft, before: Draft): Partial<Draft> {
  return Object.fromEntries(PARTS.filter((part) => !same(now[part], before[part])).map((part) => [part, now[part]]))
}
/** The parts that both changed, to different values. */
export function contested(mine: Partial<Draft>, before: Draft, current: Draft): Part[] {
  return (Object.keys(mine) as Part[]).filter((part) => !same(current[part], before[part]) && !same(current[part], mine[part]))
}
/** What leaves the browser: texts without blanks around them. */
function tidy(given: Partial<Draft>): Partial<Draft> {
  const next = { ...given }
  for (const part of ['name', 'subject', 'preheader', 'reply_to'] as const) if (next[part] !== undefined) next[part] = next[part].trim()
  if (next.from) next.from = { name: next.from.name.trim(), email: next.from.email.trim() }
  return next
}

export class Drafting {
  saved = $state.raw<Campaign | null>(null)
  draft = $state<Draft | null>(null)
  loadError = $state.raw<unknown>(null)
  problem = $state.raw<unknown>(null)
  dirty = $state(false)
  saving = $state(false)
  savedAt = $state<string | null>(null)
  clash = $state.raw<{ mine: Partial<Draft>; before: Draft; current: Campaign; parts: Part[] } | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<boolean> | null = null
  #version = 0
  /** The version of what is on its way. */
  #sent = 0
  #left = false

  constructor(
    readonly given: string | null,
    private readonly begun: { segment?: string | null },
    /** Told when the campaign got its id, and when it is none to be edited. */
    private readonly on: { made: (id: string) => void; closed: (id: string) => void },
  ) {}

  async load(): Promise<void> {
    this.loadError = null
    if (!this.given) {
      this.draft = untrack(() => this.#fresh())
      return
    }
    try {
      const one = campaignOf(await ok(client.GET('/v1/campaigns/{campaign_id}', { params: { path: { campaign_id: this.given } } })))
      if (one.state === 'draft' || one.state === 'scheduled') this.take(one)
      else if (!this.#left) this.on.closed(one.id)
    } catch (error) {
      this.loadError = error
    }
  }
  #fresh(): Draft {
    const language: Language = session.workspace ? (session.workspace.language === 'en' ? 'en' : 'es') : locale()
    return {
      name: t('campaigns.new_name', { date: date(new Date().toISOString(), { day: 'numeric', month: 'short' }) }),
      subject: '', preheader: '', from: { name: session.workspace?.sender?.name ?? session.membership?.name ?? '', email: session.workspace?.sender?.email ?? '' }, reply_to: '',
      language, body: empty('blocks', language).body, template_id: '', translations: {},
      segment_ids: this.begun.segment ? [this.begun.segment] : [], exclude_segment_ids: [], topic: '',
      delivery: { mode: 'together', window: null, per_hour: null, warm_up: false }, ab_test: null, recurrence: null, goal: null,
    }
  }
  /** Shows a campaign as the API has it. */
  take(one: Campaign): void {
    this.saved = one
    this.draft = draftOf(one)
    this.dirty = false
  }
  /** Whom it goes to: the segments chosen, or, of a copy that is sent again, whoever was silent the first time. */
  get hasAudience(): boolean {
    return Boolean(this.draft?.segment_ids.length || this.saved?.resend_of)
  }
  /** Something in the fields is new: saved by itself soon. */
  changed(): void {
    this.dirty = true
    this.#version++
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), PAUSE)
  }
  /** The page goes. What is on its way still comes to its end, and moves nobody who went elsewhere. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#left = true
  }
  /** Whether something would be lost now: neither saved nor on its way. */
  get unsent(): boolean {
    return this.dirty && !(this.saving && this.#sent === this.#version)
  }
  /** The API's word on a field, e.g. `from.email`. */
  error(path: string): string | undefined {
    return this.problem instanceof ApiError ? this.problem.field(path) : undefined
  }
  /** Why nothing is saved at present: the first thing that the API refuses, wherever its field is. */
  get refused(): FieldProblem | undefined {
    return this.problem instanceof ApiError ? this.problem.problem.errors?.[0] : undefined
  }
  /** Whatever is not saved yet is now; false when it could not be. */
  async flush(): Promise<boolean> {
    if (this.#running) await this.#running
    return !this.dirty && this.saved ? true : this.save()
  }
  /** Saves, creating the campaign the first time. One after the other: a second call waits for the first. */
  async save(): Promise<boolean> {
    clearTimeout(this.#timer)
    while (this.#running) await this.#running
    this.#running = this.#save()
    try {
      return await this.#running
    } finally {
      this.#running = null
    }
  }
  async #save(): Promise<boolean> {
    if (!this.draft?.name.trim() || this.clash) return false
    const now = tidy($state.snapshot(this.draft) as Draft) as Draft
    const turn = (this.#sent = this.#version)
    const before = this.saved ? draftOf(this.saved) : null
    const mine = before ? changes(now, before) : now
    if (before && !Object.keys(mine).length) {
      this.problem = null
      this.dirty = turn !== this.#version
      return true
    }
    this.saving = true
    try {
      if (this.saved) this.saved = await this.#patch(mine, this.saved.version)
      else {
        this.saved = campaignOf(await ok(client.POST('/v1/campaigns', { body: now })))
        if (!this.#left) this.on.made(this.saved.id)
      }
      this.#kept(turn)
      return true
    } catch (error) {
      const current = error instanceof ApiError && error.status === 409 ? error.problem.current : undefined
      if (current && before) return this.#meet(mine, before, campaignOf({ ...this.saved, ...(current as object) } as never), turn)
      this.dirty = true
      this.problem = error
      if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500 || !error.problem.errors?.length) toasts.failed(error)
      return false
    } finally {
      this.saving = false
    }
  }
  async #patch(mine: Partial<Draft>, version: number): Promise<Campaign> {
    const path = { campaign_id: this.saved?.id ?? '' }
    return campaignOf(await ok(client.PATCH('/v1/campaigns/{campaign_id}', { params: { path }, body: { ...mine, version } })))
  }
  #kept(turn: number): void {
    this.problem = null
    this.savedAt = new Date().toISOString()
    // What was typed while the answer was on its way is saved by its own timer.
    this.dirty = turn !== this.#version
  }
  /** Somebody else was faster. Where the two changes do not touch each other both hold; otherwise the person is asked. */
  async #meet(mine: Partial<Draft>, before: Draft, current: Campaign, turn: number): Promise<boolean> {
    const parts = contested(mine, before, draftOf(current))
    if (parts.length) {
      this.dirty = true
      this.clash = { mine, before, current, parts }
      return false
    }
    try {
      this.saved = await this.#patch(mine, current.version)
      // What was typed meanwhile stays; the rest is as the other wrote it, or the next save would take that back.
      const typed = turn === this.#version ? {} : changes($state.snapshot(this.draft) as Draft, before)
      this.draft = { ...draftOf(this.saved), ...typed }
      this.#kept(turn)
      toasts.done(t('conflict.both'))
      return true
    } catch (error) {
      this.dirty = true
      toasts.failed(error)
      return false
    }
  }
  /** Ends the question: mine wins in these parts, theirs in all others. */
  async resolve(mine: readonly string[]): Promise<void> {
    const held = this.clash
    if (!held) return
    this.clash = null
    const kept = Object.fromEntries(Object.entries(held.mine).filter(([part]) => mine.includes(part) || !held.parts.includes(part as Part)))
    this.saved = held.current
    this.draft = { ...draftOf(held.current), ...kept }
    if (Object.keys(kept).length) {
      this.dirty = true
      await this.save()
    } else this.dirty = false
  }
}
