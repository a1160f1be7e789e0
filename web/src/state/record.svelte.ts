/** A record on its page: read, changed at once with a way back, and asked about when somebody else changed it meanwhile. */
import { ApiError } from '../api/client'
import { t } from '../i18n/index.svelte'
import { contested, kept, previous, type Change } from '../features/contacts/conflict'
import { Loader } from './load.svelte'
import { toasts } from './toasts.svelte'

interface Versioned {
  id: string
  version: number
}
export class Editing<T extends Versioned> extends Loader<T> {
  clash = $state.raw<{ change: Change; before: T; current: T } | null>(null)
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    get: () => Promise<T>,
    private readonly send: (change: Change & { version: number }) => Promise<T>,
    private readonly said: () => string,
  ) {
    super(get)
  }
  /** Shows the change at once, sends it after those before it, and takes it back when the API refuses. Throws only with `loud`. */
  save(change: Change, { undoable = true, loud = false }: { undoable?: boolean; loud?: boolean } = {}): Promise<void> {
    const done = this.#queue.then(() => this.#save(change, undoable, loud))
    this.#queue = done.catch(() => undefined)
    return done
  }
  async #save(change: Change, undoable: boolean, loud: boolean): Promise<void> {
    const before = this.data
    if (!before) return
    const custom = 'custom' in change ? { custom: { ...(before as Change & Versioned)['custom'] as object, ...(change['custom'] as object) } } : {}
    this.data = { ...before, ...change, ...custom }
    try {
      this.data = await this.send({ ...change, version: before.version })
      const back = previous(change, before as unknown as Change)
      toasts.done(this.said(), undoable ? () => void this.save(back, { undoable: false }) : undefined)
    } catch (problem) {
      this.data = before
      const current = problem instanceof ApiError && problem.status === 409 ? (problem.problem.current as T | undefined) : undefined
      if (current) await this.#meet(change, before, current)
      else if (loud) throw problem
      else toasts.failed(problem)
    }
  }
  /** Where the two changes do not touch each other, both hold; otherwise the person is asked. */
  async #meet(change: Change, before: T, current: T): Promise<void> {
    if (contested(change, before as unknown as Change, current as unknown as Change).length) {
      this.clash = { change, before, current }
      return
    }
    this.data = current
    try {
      this.data = await this.send({ ...change, version: current.version })
      toasts.done(t('conflict.both'))
    } catch (problem) {
      toasts.failed(problem)
    }
  }
  /** Ends the question: mine wins for these fields. */
  resolve(mine: readonly string[] | 'all'): void {
    const held = this.clash
    if (!held) return
    this.clash = null
    this.data = held.current
    const [before, current] = [held.before as unknown as Change, held.current as unknown as Change]
    const change = mine === 'all' ? held.change : kept(held.change, before, current, mine)
    if (Object.keys(change).length) void this.save(change)
  }
}
