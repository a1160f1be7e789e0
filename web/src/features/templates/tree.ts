/**
 * The blocks of an e-mail as a tree of two floors: blocks one below the other, and columns that hold blocks. Everything here is
 * pure: a change gives a new list and leaves the old one as it was, which is what undoing needs.
 */
export interface Node {
  id: string
  type: string
  /** The blocks of each column, of a block that has columns. */
  columns?: { blocks: Node[] }[] | undefined
}
/** Where a block stands, or would: at `index` among the blocks of the mail, or of a column of the block `parent`. */
export interface Place {
  parent: string | null
  column: number
  index: number
}
export interface Found<B extends Node> {
  block: B
  place: Place
}

/** Every block with its place, in the order in which they are read. */
export function* walk<B extends Node>(blocks: readonly B[]): Generator<Found<B>> {
  for (const [index, block] of blocks.entries()) {
    yield { block, place: { parent: null, column: 0, index } }
    for (const [column, one] of (block.columns ?? []).entries()) {
      for (const [inner, child] of one.blocks.entries()) yield { block: child as B, place: { parent: block.id, column, index: inner } }
    }
  }
}
export function find<B extends Node>(blocks: readonly B[], id: string | null): Found<B> | null {
  if (id) for (const one of walk(blocks)) if (one.block.id === id) return one
  return null
}
export function count(blocks: readonly Node[]): number {
  return [...walk(blocks)].length
}
/** The blocks that stand beside one another at a place. */
export function siblings<B extends Node>(blocks: readonly B[], place: Pick<Place, 'parent' | 'column'>): readonly B[] {
  if (!place.parent) return blocks
  const parent = blocks.find((block) => block.id === place.parent)
  return (parent?.columns?.[place.column]?.blocks ?? []) as B[]
}
function withSiblings<B extends Node>(blocks: readonly B[], place: Pick<Place, 'parent' | 'column'>, next: (old: readonly B[]) => B[]): B[] {
  if (!place.parent) return next(blocks)
  return blocks.map((block) =>
    block.id !== place.parent || !block.columns
      ? block
      : { ...block, columns: block.columns.map((column, at) => (at === place.column ? { ...column, blocks: next(column.blocks as B[]) } : column)) },
  )
}
/** What does not fit into a column: columns, and products, which have columns of their own. */
const WIDE = new Set(['columns', 'product'])
/** Whether a block of this type may stand there. */
export function fits(type: string, place: Pick<Place, 'parent'>): boolean {
  return place.parent === null || !WIDE.has(type)
}

export function insert<B extends Node>(blocks: readonly B[], place: Place, block: B): B[] {
  if (!fits(block.type, place)) return [...blocks]
  return withSiblings(blocks, place, (old) => [...old.slice(0, place.index), block, ...old.slice(place.index)])
}
export function remove<B extends Node>(blocks: readonly B[], id: string): B[] {
  const found = find(blocks, id)
  return found ? withSiblings(blocks, found.place, (old) => old.filter((one) => one.id !== id)) : [...blocks]
}
/** A block with other values; what is `undefined` goes. */
export function change<B extends Node>(blocks: readonly B[], id: string, values: Partial<B>): B[] {
  const found = find(blocks, id)
  if (!found) return [...blocks]
  return withSiblings(blocks, found.place, (old) => old.map((one) => (one.id === id ? { ...one, ...values } : one)))
}
/** A block taken to another place; `place` is told as it is before the move. */
export function move<B extends Node>(blocks: readonly B[], id: string, place: Place): B[] {
  const found = find(blocks, id)
  if (!found || !fits(found.block.type, place) || place.parent === id) return [...blocks]
  const from = found.place
  const same = from.parent === place.parent && from.column === place.column
  const index = same && from.index < place.index ? place.index - 1 : place.index
  return insert(remove(blocks, id), { ...place, index }, found.block)
}
export type Direction = 'up' | 'down' | 'left' | 'right'
/**
 * Where Alt and an arrow take a block, null where there is no way. Up and down go past the next block and, at the end of a column,
 * out of it; left and right go to the column beside it and, from outside, into the columns above or below.
 */
export function stepped(blocks: readonly Node[], id: string, direction: Direction): Place | null {
  const found = find(blocks, id)
  if (!found) return null
  const { parent, column, index } = found.place
  const beside = siblings(blocks, found.place)
  if (direction === 'up' || direction === 'down') {
    const down = direction === 'down'
    if (down ? index < beside.length - 1 : index > 0) return { parent, column, index: down ? index + 2 : index - 1 }
    if (!parent) return null
    const outer = blocks.findIndex((block) => block.id === parent)
    return { parent: null, column: 0, index: down ? outer + 1 : outer }
  }
  const step = direction === 'right' ? 1 : -1
  if (parent) {
    const columns = blocks.find((block) => block.id === parent)?.columns ?? []
    const other = columns[column + step]
    return other ? { parent, column: column + step, index: Math.min(index, other.blocks.length) } : null
  }
  if (!fits(found.block.type, { parent: 'some' })) return null
  const near = direction === 'right' ? [blocks[index + 1], blocks[index - 1]] : [blocks[index - 1], blocks[index + 1]]
  const target = near.find((block) => block?.columns?.length)
  if (!target?.columns) return null
  const at = direction === 'right' ? 0 : target.columns.length - 1
  return { parent: target.id, column: at, index: target.columns[at]?.blocks.length ?? 0 }
}

/** The block and all in it under new ids. */
export function copied<B extends Node>(block: B, id: () => string): B {
  const copy = structuredClone(block)
  copy.id = id()
  for (const column of copy.columns ?? []) column.blocks = column.blocks.map((child) => copied(child, id))
  return copy
}
/** A copy of the block below it; null for an id that is not there. */
export function duplicated<B extends Node>(blocks: readonly B[], id: string, make: () => string): { blocks: B[]; id: string } | null {
  const found = find(blocks, id)
  if (!found) return null
  const copy = copied(found.block, make)
  return { blocks: insert(blocks, { ...found.place, index: found.place.index + 1 }, copy), id: copy.id }
}
/** Columns in another number; what stood in those that go moves to the last that stays. */
export function withColumns<C extends { blocks: Node[] }>(columns: readonly C[], wanted: number, empty: () => C): C[] {
  const kept = columns.slice(0, wanted).map((column) => ({ ...column }))
  while (kept.length < wanted) kept.push(empty())
  const last = kept[wanted - 1]
  if (last) last.blocks = [...last.blocks, ...columns.slice(wanted).flatMap((column) => column.blocks)]
  return kept
}
/** The block that has the focus when this one is gone: the one below, the one above, or the columns it stood in. */
export function neighbour(blocks: readonly Node[], id: string): string | null {
  const found = find(blocks, id)
  if (!found) return null
  const beside = siblings(blocks, found.place)
  return beside[found.place.index + 1]?.id ?? beside[found.place.index - 1]?.id ?? found.place.parent
}
