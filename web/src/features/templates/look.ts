/** What the blocks measure where nothing is said, as the API compiles them; so that the canvas shows what people will get. Pixels. */
import type { BlockType } from './document'

export const SIZES = {
  text: 16,
  heading: [28, 22, 18] as readonly number[],
  button: { small: { font: 14, x: 18, y: 9 }, medium: { font: 16, x: 26, y: 13 }, large: { font: 18, x: 36, y: 17 } },
}
export const LINE = { heading: 1.25, text: 1.55 }
export const WIDTH = 600
export const PHONE = 375
export const RADIUS = 8
export const LINE_COLOUR = '#d9dee5'
/** Beside every block of the mail's own floor. */
export const SIDE = 32
const PADDING: Record<BlockType, readonly [top: number, bottom: number]> = {
  heading: [20, 4], text: [8, 8], image: [8, 8], button: [12, 16], columns: [8, 8], divider: [12, 12], spacer: [0, 0], social: [12, 12], product: [12, 12], footer: [16, 24], html: [8, 8],
}
export function padding(type: BlockType): { top: number; bottom: number; x: number } {
  const [top, bottom] = PADDING[type]
  return { top, bottom, x: SIDE }
}
