/** The conditions being built: the tree, what can be put into it, what is wrong with it, and the way back. */
import { client, ok } from '../../api/client'
import type { SegmentPreview } from '../../api/types'
import { session } from '../../state/session.svelte'
import { toasts } from '../../state/toasts.svelte'
import { t } from '../../i18n/index.svelte'
import { conditionOf, isComplete, type Catalogue, type SegmentField } from './catalogue'
import * as tree from './tree'
import type { Condition, Group, Match, Node } from './tree'

export interface Problem {
  field: string
  code: string
  message: string
  about?: string
}
/** How long the count waits behind the last change, in milliseconds. */
const PAUSE = 450
const REMEMBERED = 50

export class Building {
  root = $state.raw<Group>(tree.group('all'))
  catalogue = $state.raw<Catalogue | null>(null)
  preview = $state.raw<SegmentPreview | null>(null)
  /** Whether what is shown belongs to older conditions. */
  counting = $state(false)
  failed = $state.raw<unknown>(null)
  /** What is wrong, by the id of the row or group. */
  problems = $state.raw<Map<number, Problem[]>>(new Map())
  #past = $state.raw<Group[]>([])
  #turn = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  readonly #byName = $derived(new Map((this.catalogue?.fields ?? []).map((one) => [one.field, one])))

  constructor(private readonly segmentId: () => string | null) {}

  fieldOf(name: string): SegmentField | undefined {
    return this.#byName.get(name)
  }
  get currency(): string {
    return session.workspace?.currency ?? 'USD'
  }
  get canUndo(): boolean {
    return this.#past.length > 0
  }
  /** Only the rows that say all they have to. */
  get asked(): Group {
    return tree.pruned(this.root, (one) => isComplete(this.fieldOf(one.condition.field), one.condition))
  }
  /** Whether a row cannot be used: the API says so, or its field is no longer in the catalogue. */
  get broken(): boolean {
    return this.problems.size > 0 || tree.leaves(this.root).some((one) => !this.fieldOf(one.condition.field))
  }
  get unfinished(): number {
    return tree.leaves(this.root).length - tree.leaves(this.asked).length
  }
  load(root: Group): void {
    this.root = root
    this.#past = []
    this.count()
  }
  set(next: Group): void {
    if (next === this.root) return
    this.#past = [...this.#past.slice(1 - REMEMBERED), this.root]
    this.root = next
    this.count()
  }
  undo(): void {
    const before = this.#past.at(-1)
    if (!before) return
    this.#past = this.#past.slice(0, -1)
    this.root = before
    this.count()
  }

  add(into: number, field: SegmentField | undefined, condition?: Condition): void {
    if (!field && !condition) return
    const row = tree.leaf(condition ?? conditionOf(field as SegmentField, this.currency))
    this.set(tree.insert(this.root, into, row))
    focus(row.id, '.value :is(input, select, button)')
  }
  addGroup(into: number, match: Match = 'any'): void {
    const made = tree.group(match)
    this.set(tree.insert(this.root, into, made))
    focus(made.id)
  }
  /** Takes a row or group out, with a way back for it alone: what was done since stays. */
  remove(id: number): void {
    const [node, parent] = [tree.find(this.root, id), tree.above(this.root, id).at(-1)]
    if (!node || !parent) return
    const place = parent.items.findIndex((one) => one.id === id)
    const next = parent.items[place + 1] ?? parent.items[place - 1] ?? parent
    this.set(tree.remove(this.root, id))
    focus(next.id)
    toasts.done(t(tree.isGroup(node) ? 'segments.group_removed' : 'segments.row_removed'), () => {
      const home = tree.find(this.root, parent.id) ? parent.id : this.root.id
      this.set(tree.insert(this.root, home, node, place))
      focus(node.id)
    })
  }
  change(id: number, condition: Condition): void {
    this.set(tree.replace(this.root, id, (node) => ({ ...node, condition }) as Node))
  }
  match(id: number, match: Match): void {
    this.set(tree.replace(this.root, id, (node) => ({ ...node, match }) as Node))
  }
  duplicate(id: number): void {
    const made = tree.duplicate(this.root, id)
    this.set(made.root)
    focus(made.id)
  }
  step(id: number, by: -1 | 1): void {
    this.set(tree.step(this.root, id, by))
    focus(id)
  }
  moveTo(id: number, into: number): void {
    this.set(tree.moveTo(this.root, id, into))
    focus(id)
  }
  wrap(id: number): void {
    const made = tree.wrap(this.root, id, 'any')
    this.set(made.root)
    focus(made.id)
  }
  unwrap(id: number): void {
    const parent = tree.above(this.root, id).at(-1)
    this.set(tree.unwrap(this.root, id))
    if (parent) focus(parent.id)
  }

  /** Counts who meets the conditions, a moment after the last change; an answer that was overtaken is dropped. */
  count(pause = PAUSE): void {
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    const asked = this.asked
    this.problems = new Map()
    this.failed = null
    if (!asked.items.length) {
      this.preview = null
      this.counting = false
      return
    }
    this.counting = true
    this.#timer = setTimeout(() => void this.#ask(asked, turn), pause)
  }
  async #ask(asked: Group, turn: number): Promise<void> {
    const segment_id = this.segmentId()
    try {
      const found = await ok(client.POST('/v1/segments/preview', { body: { conditions: tree.write(asked) as never, ...(segment_id ? { segment_id } : {}) } }))
      if (turn !== this.#turn) return
      this.preview = found
      this.show(found.problems, asked)
    } catch (error) {
      if (turn !== this.#turn) return
      this.preview = null
      this.refused(error, asked)
    } finally {
      if (turn === this.#turn) this.counting = false
    }
  }
  /** Puts problems of the API to the rows they are about. */
  show(problems: readonly Problem[], asked = this.asked): void {
    const found = new Map<number, Problem[]>()
    for (const one of problems) {
      const id = tree.at(asked, one.field) ?? this.root.id
      found.set(id, [...(found.get(id) ?? []), one])
    }
    this.problems = found
  }
  /** The same for an answer that refuses the conditions; what is about nothing in the tree is kept as a failure. */
  refused(error: unknown, asked = this.asked): void {
    const errors = (error as { problem?: { errors?: { field: string; message: string; code?: string }[] } }).problem?.errors?.filter((one) => one.field.startsWith('conditions')) ?? []
    this.show(errors.map((one) => ({ ...one, code: one.code ?? '' })), asked)
    this.failed = errors.length ? null : error
  }
  stop(): void {
    clearTimeout(this.#timer)
    this.#turn++
  }
}

/** Puts the focus into a row or group once it is on the screen. */
export function focus(id: number, what = 'button, select'): void {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const node = document.querySelector(`[data-node="${id}"]`)
    ;(node?.querySelector<HTMLElement>(what) ?? node?.querySelector<HTMLElement>('button, select'))?.focus()
  }))
}
