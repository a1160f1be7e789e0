/** Svelte actions that join the blocks of a mail, and the palette, to drag and drop. */
import { draggable, dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import type { Action } from 'svelte/action'
import type { BlockType } from './document'
import type { Design } from './design.svelte'
import { fits, type Place } from './tree'

const typeOf = (data: Record<string | symbol, unknown>): string => (typeof data['type'] === 'string' ? data['type'] : '')

/** Something of the palette, which becomes a block where it is dropped. */
export const fresh: Action<HTMLElement, { design: Design; type: BlockType }> = (element, given) => {
  let data = given
  const stop = draggable({ element, canDrag: () => data.design.editable, getInitialData: () => ({ mail: true, type: data.type }) })
  return { update: (next) => (data = next), destroy: stop }
}
interface BlockData {
  id: string
  type: BlockType
  place: Place
}
/** A block takes others above or below itself. */
export const block: Action<HTMLElement, BlockData> = (element, given) => {
  let data = given
  const below = (y: number): boolean => {
    const box = element.getBoundingClientRect()
    return y > box.top + box.height / 2
  }
  const stop = dropTargetForElements({
    element,
    canDrop: ({ source }) => source.data['mail'] === true && source.data['block'] !== data.id && fits(typeOf(source.data), data.place),
    getData: ({ input }) => ({ place: { ...data.place, index: data.place.index + (below(input.clientY) ? 1 : 0) } }),
  })
  return { update: (next) => (data = next), destroy: stop }
}
/** What a block is dragged by. The block itself is not draggable: its text could not be marked with the mouse then. */
export const handle: Action<HTMLElement, { id: string; type: BlockType }> = (element, given) => {
  let data = given
  const stop = draggable({
    element,
    getInitialData: () => ({ mail: true, block: data.id, type: data.type }),
    onGenerateDragPreview: ({ nativeSetDragImage }) => {
      const whole = element.closest<HTMLElement>('[data-block]')
      if (whole) nativeSetDragImage?.(whole, 24, 16)
    },
  })
  return { update: (next) => (data = next), destroy: stop }
}
/** A place of its own: an empty column, or the end of the mail. */
export const spot: Action<HTMLElement, { place: Place }> = (element, given) => {
  let data = given
  const stop = dropTargetForElements({
    element,
    canDrop: ({ source }) => source.data['mail'] === true && source.data['block'] !== data.place.parent && fits(typeOf(source.data), data.place),
    getData: () => ({ place: data.place }),
  })
  return { update: (next) => (data = next), destroy: stop }
}
/** Follows what is dragged over a mail; call what it returns when the mail goes. */
export function follow(design: Design): () => void {
  return monitorForElements({
    canMonitor: ({ source }) => source.data['mail'] === true && design.editable,
    onDragStart: ({ source }) => (design.dragged = { block: source.data['block'] as string, type: source.data['type'] as BlockType }),
    onDrag: ({ location }) => (design.over = (location.current.dropTargets[0]?.data['place'] as Place | undefined) ?? null),
    onDropTargetChange: ({ location }) => (design.over = (location.current.dropTargets[0]?.data['place'] as Place | undefined) ?? null),
    onDrop: ({ location, source }) => {
      const place = location.current.dropTargets[0]?.data['place'] as Place | undefined
      design.dragged = null
      design.over = null
      if (!place) return
      if (typeof source.data['block'] === 'string') design.moveTo(source.data['block'], place)
      else design.add(source.data['type'] as BlockType, place)
    },
  })
}
