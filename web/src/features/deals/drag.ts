/** Svelte actions that join elements of the board to drag and drop. */
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import type { Action } from 'svelte/action'

interface ColumnData {
  stage: string
  enabled: boolean
  last: string | null
}
/** A column takes cards at its end. */
export const column: Action<HTMLElement, ColumnData> = (element, given) => {
  let data = given
  const stop = dropTargetForElements({
    element,
    canDrop: ({ source }) => data.enabled && typeof source.data['deal'] === 'string',
    getData: () => ({ stage: data.stage, over: data.stage, before: null }),
    getIsSticky: () => true,
  })
  return { update: (next) => (data = next), destroy: stop }
}

interface CardData {
  id: string
  stage: string
  next: string | null
  enabled: boolean
  /** Told whether a dragged card would go above or below this one. */
  edge: (edge: 'top' | 'bottom' | null) => void
}
/** A card can be dragged, and takes others above or below itself. */
export const card: Action<HTMLElement, CardData> = (element, given) => {
  let data = given
  const half = (y: number): 'top' | 'bottom' => {
    const box = element.getBoundingClientRect()
    return y < box.top + box.height / 2 ? 'top' : 'bottom'
  }
  const stop = combine(
    draggable({ element, canDrag: () => data.enabled, getInitialData: () => ({ deal: data.id }) }),
    dropTargetForElements({
      element,
      canDrop: ({ source }) => data.enabled && typeof source.data['deal'] === 'string' && source.data['deal'] !== data.id,
      getData: ({ input }) => ({ over: data.stage, before: half(input.clientY) === 'top' ? data.id : data.next }),
      onDrag: ({ location, self }) => data.edge(location.current.dropTargets[0]?.element === self.element ? half(location.current.input.clientY) : null),
      onDragLeave: () => data.edge(null),
      onDrop: () => data.edge(null),
    }),
  )
  return { update: (next) => (data = next), destroy: stop }
}
/** A place at the foot of the board that closes a deal. */
export const zone: Action<HTMLElement, 'won' | 'lost'> = (element, as) => {
  const stop = dropTargetForElements({ element, getData: () => ({ ends: as, over: as }) })
  return { destroy: stop }
}

interface SortableData {
  kind: string
  index: number
  enabled: boolean
  handle: string
  edge: (edge: 'top' | 'bottom' | null) => void
  ondrop: (from: number, to: number) => void
}
/** A row of a list that is put in order by dragging its handle. */
export const sortable: Action<HTMLElement, SortableData> = (element, given) => {
  let data = given
  const half = (y: number): 'top' | 'bottom' => {
    const box = element.getBoundingClientRect()
    return y < box.top + box.height / 2 ? 'top' : 'bottom'
  }
  const stop = combine(
    draggable({
      element,
      dragHandle: element.querySelector(data.handle) ?? element,
      canDrag: () => data.enabled,
      getInitialData: () => ({ [data.kind]: data.index }),
    }),
    dropTargetForElements({
      element,
      canDrop: ({ source }) => data.enabled && typeof source.data[data.kind] === 'number',
      onDrag: ({ location, source }) => data.edge(source.data[data.kind] === data.index ? null : half(location.current.input.clientY)),
      onDragLeave: () => data.edge(null),
      onDrop: ({ location, source }) => {
        data.edge(null)
        const from = source.data[data.kind] as number
        const slot = data.index + (half(location.current.input.clientY) === 'bottom' ? 1 : 0)
        const to = slot > from ? slot - 1 : slot
        if (from !== to) data.ondrop(from, to)
      },
    }),
  )
  return { update: (next) => (data = next), destroy: stop }
}

/** Scrolls an element while something is dragged near its edges, faster the nearer. */
export const scrollAtEdges: Action<HTMLElement, 'x' | 'y'> = (element, axis = 'y') => {
  const EDGE = 70
  const SPEED = 18
  let at: number | null = null
  let frame = 0
  function step(): void {
    frame = 0
    if (at === null) return
    const box = element.getBoundingClientRect()
    const [start, end] = axis === 'x' ? [box.left, box.right] : [box.top, box.bottom]
    const near = at - start < EDGE ? (at - start) / EDGE - 1 : end - at < EDGE ? 1 - (end - at) / EDGE : 0
    const pixels = Math.max(-1, Math.min(1, near)) * SPEED
    if (pixels) element.scrollBy(axis === 'x' ? pixels : 0, axis === 'y' ? pixels : 0)
    frame = requestAnimationFrame(step)
  }
  const over = (event: DragEvent): void => {
    at = axis === 'x' ? event.clientX : event.clientY
    if (!frame) frame = requestAnimationFrame(step)
  }
  const stop = (): void => {
    at = null
    cancelAnimationFrame(frame)
    frame = 0
  }
  const left = (event: DragEvent): void => {
    if (!(event.relatedTarget instanceof Node) || !element.contains(event.relatedTarget)) stop()
  }
  element.addEventListener('dragover', over)
  element.addEventListener('dragleave', left)
  window.addEventListener('dragend', stop)
  window.addEventListener('drop', stop)
  return {
    destroy: () => {
      stop()
      element.removeEventListener('dragover', over)
      element.removeEventListener('dragleave', left)
      window.removeEventListener('dragend', stop)
      window.removeEventListener('drop', stop)
    },
  }
}
