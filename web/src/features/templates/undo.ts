/** What was before and what comes after: undo and redo over values that are never changed in place. */
const STEPS = 200
/** Changes of the same thing so soon after one another are one step (typing), in milliseconds. */
const JOINED = 900

export class History<T> {
  #past: T[] = []
  #future: T[] = []
  #now: T
  #label = ''
  #at = 0

  constructor(now: T) {
    this.#now = now
  }
  get now(): T {
    return this.#now
  }
  get canUndo(): boolean {
    return this.#past.length > 0
  }
  get canRedo(): boolean {
    return this.#future.length > 0
  }
  /** Takes a new value. Values with the same `label` that follow each other quickly are one step back. */
  set(next: T, label = '', at = Date.now()): void {
    if (next === this.#now) return
    const joins = label !== '' && label === this.#label && at - this.#at < JOINED && this.#past.length > 0
    if (!joins) this.#past = [...this.#past.slice(1 - STEPS), this.#now]
    this.#now = next
    this.#future = []
    this.#label = label
    this.#at = at
  }
  undo(): T {
    const before = this.#past.pop()
    if (before === undefined) return this.#now
    this.#future.push(this.#now)
    this.#label = ''
    return (this.#now = before)
  }
  redo(): T {
    const after = this.#future.pop()
    if (after === undefined) return this.#now
    this.#past.push(this.#now)
    this.#label = ''
    return (this.#now = after)
  }
  /** Another value from elsewhere (the API's): nothing before it can be undone. */
  reset(now: T): void {
    this.#past = []
    this.#future = []
    this.#now = now
    this.#label = ''
  }
}
