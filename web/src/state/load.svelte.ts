/** Data of a page: loading, ready or failed, with retry; and lists that grow page by page. */
import type { Page } from '../api/types'

export class Loader<T> {
  data = $state.raw<T | null>(null)
  error = $state.raw<unknown>(null)
  loading = $state(true)
  #turn = 0

  constructor(private readonly get: () => Promise<T>) {}

  /** Loads again; what is shown stays until the answer is here. An answer overtaken by a later one is dropped. */
  async load(): Promise<void> {
    const turn = ++this.#turn
    this.loading = true
    try {
      const data = await this.get()
      if (turn !== this.#turn) return
      this.data = data
      this.error = null
    } catch (error) {
      if (turn === this.#turn) this.error = error
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }
}

export class Listing<T> {
  items = $state.raw<T[]>([])
  error = $state.raw<unknown>(null)
  loading = $state(true)
  more = $state(false)
  #cursor: string | null = null
  #turn = 0

  constructor(private readonly get: (cursor?: string) => Promise<Page<T>>) {}

  /** The first page. */
  async load(): Promise<void> {
    const turn = ++this.#turn
    this.loading = true
    try {
      const page = await this.get()
      if (turn !== this.#turn) return
      this.items = page.items
      this.#cursor = page.next_cursor ?? null
      this.more = Boolean(page.next_cursor)
      this.error = null
    } catch (error) {
      if (turn === this.#turn) this.error = error
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }
  /** The next page, behind those shown. */
  async next(): Promise<void> {
    if (!this.#cursor || this.loading) return
    const turn = this.#turn
    this.loading = true
    try {
      const page = await this.get(this.#cursor)
      if (turn !== this.#turn) return
      this.items = [...this.items, ...page.items]
      this.#cursor = page.next_cursor ?? null
      this.more = Boolean(page.next_cursor)
    } catch (error) {
      if (turn === this.#turn) this.error = error
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }
}
