/**
 * The builder's own form of conditions: a tree whose groups and rows have ids, so that they keep their place on the screen while
 * they are moved about. Every change gives a new tree; the old one is what undo goes back to.
 */
export type Match = 'all' | 'any' | 'none'
export const MATCHES: readonly Match[] = ['all', 'any', 'none']
/** How deep groups may stand in each other, the outermost one counted. */
export const LEVELS = 5

/** One comparison as the API has it; what else a field needs (a link, a period) stands beside the value. */
export interface Condition {
  field: string
  op: string
  value?: unknown
  [more: string]: unknown
}
export interface Leaf {
  id: number
  condition: Condition
}
export interface Group {
  id: number
  match: Match
  items: Node[]
}
export type Node = Leaf | Group
export type Conditions = { [match in Match]?: (Conditions | Condition)[] } | Condition

let last = 0
export const leaf = (condition: Condition): Leaf => ({ id: ++last, condition })
export const group = (match: Match, items: Node[] = []): Group => ({ id: ++last, match, items })
export const isGroup = (node: Node): node is Group => 'items' in node

const matchOf = (given: object): Match | undefined => MATCHES.find((one) => one in given)
function nodeOf(given: Conditions | Condition): Node {
  const match = matchOf(given)
  if (!match) return leaf({ ...(given as Condition) })
  return group(match, ((given as Record<Match, Conditions[]>)[match] ?? []).map(nodeOf))
}
/** The API's conditions as a tree; a bare comparison stands in a group of its own. */
export function read(given: Conditions | Record<string, unknown> | null | undefined): Group {
  if (!given) return group('all')
  const node = nodeOf(given as Conditions)
  return isGroup(node) ? node : group('all', [node])
}
/** The tree as the API takes it. */
export function write(node: Group): Conditions {
  return { [node.match]: node.items.map((one) => (isGroup(one) ? write(one) : one.condition)) }
}
/** The tree without the rows for which `keep` says no, and without the groups that are left empty by it; ids stay. */
export function pruned(node: Group, keep: (one: Leaf) => boolean): Group {
  return { ...node, items: node.items.flatMap((one): Node[] => {
    if (!isGroup(one)) return keep(one) ? [one] : []
    const rest = pruned(one, keep)
    return rest.items.length ? [rest] : []
  }) }
}
/** The id of the row or group that a path of the API leads to, such as `conditions.all.1.any.0.value`. */
export function at(root: Group, path: string): number | undefined {
  const parts = path.split('.')
  if (parts[0] !== 'conditions') return undefined
  let node: Node = root
  for (let index = 1; index < parts.length && isGroup(node) && parts[index] === node.match; index += 2) {
    const next: Node | undefined = node.items[Number(parts[index + 1])]
    if (!next) break
    node = next
  }
  return node.id
}

/** All rows, from top to bottom. */
export function leaves(node: Group): Leaf[] {
  return node.items.flatMap((one) => (isGroup(one) ? leaves(one) : [one]))
}
/** The groups from the root to the one that holds `id`; empty for the root and for what is not there. */
export function above(root: Group, id: number): Group[] {
  for (const one of root.items) {
    if (one.id === id) return [root]
    if (!isGroup(one)) continue
    const found = above(one, id)
    if (found.length) return [root, ...found]
  }
  return []
}
export function find(root: Group, id: number): Node | undefined {
  if (root.id === id) return root
  for (const one of root.items) {
    const found = isGroup(one) ? find(one, id) : one.id === id ? one : undefined
    if (found) return found
  }
  return undefined
}
/** How many levels of groups a node has in itself: a row none, a group of rows one. */
export function height(node: Node): number {
  return isGroup(node) ? 1 + Math.max(0, ...node.items.map(height)) : 0
}
/** Whether `node` may stand in the group `into`. */
export function fits(root: Group, into: number, node: Node): boolean {
  if (isGroup(node) && find(node, into)) return false
  return above(root, into).length + 1 + height(node) <= LEVELS
}

/** The tree with one group's items exchanged. */
function within(root: Group, id: number, change: (items: Node[]) => Node[]): Group {
  return { ...root, items: root.id === id ? change(root.items) : root.items.map((one) => (isGroup(one) ? within(one, id, change) : one)) }
}
export function insert(root: Group, into: number, node: Node, at = Infinity): Group {
  return within(root, into, (items) => items.toSpliced(Math.min(at, items.length), 0, node))
}
export function remove(root: Group, id: number): Group {
  const parent = above(root, id).at(-1)
  return parent ? within(root, parent.id, (items) => items.filter((one) => one.id !== id)) : root
}
export function replace(root: Group, id: number, change: (node: Node) => Node): Group {
  if (root.id === id) return change(root) as Group
  const parent = above(root, id).at(-1)
  return parent ? within(root, parent.id, (items) => items.map((one) => (one.id === id ? change(one) : one))) : root
}
const copy = (node: Node): Node => (isGroup(node) ? group(node.match, node.items.map(copy)) : leaf(structuredClone(node.condition)))
/** A copy of a row or group right below it. */
export function duplicate(root: Group, id: number): { root: Group; id: number } {
  const [parent, node] = [above(root, id).at(-1), find(root, id)]
  if (!parent || !node) return { root, id }
  const twin = copy(node)
  return { root: insert(root, parent.id, twin, parent.items.findIndex((one) => one.id === id) + 1), id: twin.id }
}
/** One place up or down. At the edge of its group it steps out of it, beside the group. */
export function step(root: Group, id: number, by: -1 | 1): Group {
  const chain = above(root, id)
  const [parent, node] = [chain.at(-1), find(root, id)]
  if (!parent || !node) return root
  const at = parent.items.findIndex((one) => one.id === id)
  const to = at + by
  if (to >= 0 && to < parent.items.length) return within(root, parent.id, (items) => items.toSpliced(at, 1).toSpliced(to, 0, node))
  const outer = chain.at(-2)
  if (!outer) return root
  const beside = outer.items.findIndex((one) => one.id === parent.id) + (by > 0 ? 1 : 0)
  return insert(within(root, parent.id, (items) => items.filter((one) => one.id !== id)), outer.id, node, beside)
}
/** To the end of another group. */
export function moveTo(root: Group, id: number, into: number): Group {
  const node = find(root, id)
  if (!node || !fits(root, into, node)) return root
  return insert(remove(root, id), into, node)
}
/** A row or group becomes the first of a new group in its place. */
export function wrap(root: Group, id: number, match: Match): { root: Group; id: number } {
  const around = group(match)
  return { root: replace(root, id, (node) => ({ ...around, items: [node] })), id: around.id }
}
/** The items of a group take its place. */
export function unwrap(root: Group, id: number): Group {
  const [parent, node] = [above(root, id).at(-1), find(root, id)]
  if (!parent || !node || !isGroup(node)) return root
  return within(root, parent.id, (items) => items.flatMap((one) => (one.id === id ? node.items : [one])))
}
/** Every group but the outermost, with its number as people see it (1, 1.2 …) for menus. */
export function groups(root: Group, prefix = ''): { id: number; number: string }[] {
  return root.items.filter(isGroup).flatMap((one, index) => {
    const name = `${prefix}${index + 1}`
    return [{ id: one.id, number: name }, ...groups(one, `${name}.`)]
  })
}
