/** The document of an e-mail made of blocks, as the API keeps it (the source of a body in the format `blocks`), and how it begins. */
import { fits, walk, type Node, type Place } from './tree'

/** `#rrggbb`, or a colour of the brand kit by its name. */
export type Colour = string
export const BRAND_COLOURS = ['primary', 'secondary', 'background', 'surface', 'text', 'muted', 'link', 'on_primary'] as const
export type BrandColour = (typeof BRAND_COLOURS)[number]
export type Align = 'left' | 'center' | 'right'
export const FONTS = ['arial', 'helvetica', 'verdana', 'tahoma', 'trebuchet', 'georgia', 'times', 'courier'] as const
export const TYPES = ['heading', 'text', 'image', 'button', 'columns', 'divider', 'spacer', 'social', 'product', 'footer', 'html'] as const
export type BlockType = (typeof TYPES)[number]
export const OPERATORS = ['is_set', 'is_not_set', 'is', 'is_not', 'contains', 'not_contains'] as const
export const BYTES_LIMIT = 128_000
export const BLOCKS_LIMIT = 100

export interface Condition {
  field: string
  op: (typeof OPERATORS)[number]
  value?: string
}
export interface Style {
  background?: Colour
  padding_top?: number
  padding_bottom?: number
  padding_x?: number
  align?: Align
  color?: Colour
  font_size?: number
  line_height?: number
  font?: string
  radius?: number
}
interface Common extends Node {
  type: BlockType
  show_if?: Condition | null
  style?: Style
}
export interface Heading extends Common {
  type: 'heading'
  text: string
  level?: 1 | 2 | 3
}
export interface Text extends Common {
  type: 'text'
  html: string
}
export interface Image extends Common {
  type: 'image'
  src: string
  alt: string
  href?: string
  width?: number | null
}
export interface Button extends Common {
  type: 'button'
  text: string
  href: string
  size?: 'small' | 'medium' | 'large'
  full_width?: boolean
  outline?: boolean
  button_color?: Colour
  text_color?: Colour
}
export interface Column {
  width?: number
  blocks: Block[]
}
export interface Columns extends Common {
  type: 'columns'
  columns: Column[]
  stack?: boolean
  gap?: number
  vertical_align?: 'top' | 'middle' | 'bottom'
}
export interface Divider extends Common {
  type: 'divider'
  thickness?: number
  line?: 'solid' | 'dashed' | 'dotted'
  width?: number
}
export interface Spacer extends Common {
  type: 'spacer'
  height: number
}
export interface SocialLink {
  network: string
  href: string
}
export interface Social extends Common {
  type: 'social'
  links?: SocialLink[] | null
  look?: 'pills' | 'text'
}
export interface Product extends Common {
  type: 'product'
  title: string
  image?: { src: string; alt: string }
  text?: string
  price?: string
  old_price?: string
  button?: { text: string; href: string }
  layout?: 'left' | 'right' | 'top'
}
export interface Footer extends Common {
  type: 'footer'
  text?: string
  unsubscribe_text?: string
  preferences_text?: string
  show_address?: boolean
}
export interface Html extends Common {
  type: 'html'
  html: string
}
export type Block = Heading | Text | Image | Button | Columns | Divider | Spacer | Social | Product | Footer | Html
export interface Settings {
  width?: number
  background?: Colour
  surface?: Colour
  text_color?: Colour
  link_color?: Colour
  font?: string
  font_size?: number
  radius?: number
}
export interface MailDocument {
  version: 1
  settings: Settings
  blocks: Block[]
}

/** What a block may be styled with, besides its background and padding. */
export const STYLES: Record<BlockType, readonly (keyof Style)[]> = {
  heading: ['align', 'color', 'font_size', 'font', 'line_height'],
  text: ['align', 'color', 'font_size', 'font', 'line_height'],
  image: ['align', 'radius'],
  button: ['align', 'radius', 'font_size', 'font'],
  columns: [],
  divider: ['color'],
  spacer: [],
  social: ['align', 'color', 'font_size'],
  product: ['align', 'color'],
  footer: ['align', 'color', 'font_size'],
  html: [],
}

/** An id no other block of the mail has. */
export function newId(): string {
  return `b${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
}

/** The words a new block begins with, in the language of the mail. */
const WORDS = {
  es: { heading: 'Un título que invite a leer', text: 'Escribe aquí. Frases cortas, una idea por párrafo.', button: 'Saber más', product: 'Nombre del producto', about: 'Una o dos frases sobre lo que gana quien lo tiene.', buy: 'Ver el producto' },
  en: { heading: 'A title worth reading on for', text: 'Write here. Short sentences, one idea a paragraph.', button: 'Find out more', product: 'Name of the product', about: 'A sentence or two about what it does for whoever has it.', buy: 'See the product' },
} as const

/** A new block of this type. */
export function makeBlock(type: BlockType, language: 'es' | 'en'): Block {
  const id = newId()
  const say = WORDS[language]
  switch (type) {
    case 'heading':
      return { id, type, text: say.heading, level: 2 }
    case 'text':
      return { id, type, html: `<p>${say.text}</p>` }
    case 'image':
      return { id, type, src: '', alt: '' }
    case 'button':
      return { id, type, text: say.button, href: '' }
    case 'columns':
      return { id, type, columns: [{ blocks: [] }, { blocks: [] }] }
    case 'divider':
      return { id, type }
    case 'spacer':
      return { id, type, height: 24 }
    case 'social':
      return { id, type, links: null }
    case 'product':
      return { id, type, title: say.product, image: { src: '', alt: '' }, text: `<p>${say.about}</p>`, price: '', button: { text: say.buy, href: '' }, layout: 'left' }
    case 'footer':
      return { id, type }
    case 'html':
      return { id, type, html: '<p></p>' }
  }
}
/** A mail with nothing in it but what every mail needs. */
export function emptyDocument(language: 'es' | 'en'): MailDocument {
  return { version: 1, settings: {}, blocks: [makeBlock('heading', language), makeBlock('text', language), makeBlock('button', language), makeBlock('footer', language)] }
}

/** The document of a source; null when it is none. Blocks without an id, or with one that another has, get one. */
export function parse(source: string): MailDocument | null {
  let given: unknown
  try {
    given = JSON.parse(source)
  } catch {
    return null
  }
  const found = given as Partial<MailDocument> | null
  if (typeof found !== 'object' || !found || !Array.isArray(found.blocks)) return null
  const seen = new Set<string>()
  const named = (block: Block): Block => {
    const id = block.id && !seen.has(block.id) ? block.id : newId()
    seen.add(id)
    return block.type === 'columns' ? { ...block, id, columns: block.columns.map((column) => ({ ...column, blocks: column.blocks.map(named) })) } : { ...block, id }
  }
  return { version: 1, settings: found.settings ?? {}, blocks: found.blocks.map(named).map(read) }
}
/** A link that leads nowhere yet, as the API keeps it. */
const NOWHERE = '#'
function read(block: Block): Block {
  if (block.type === 'button' && block.href === NOWHERE) return { ...block, href: '' }
  if (block.type === 'product' && block.button?.href === NOWHERE) return { ...block, button: { ...block.button, href: '' } }
  if (block.type === 'columns') return { ...block, columns: block.columns.map((column) => ({ ...column, blocks: column.blocks.map(read) })) }
  return block
}
/**
 * The source of a document, as the API takes one that is still being made: without what says nothing (empty texts and addresses),
 * without pictures nobody chose yet, and with links that lead nowhere yet.
 */
export function write(document: MailDocument): string {
  const block = (one: Block): unknown => {
    const kept: Record<string, unknown> = { ...one }
    if (one.type === 'image' && !one.href) delete kept['href']
    if (one.type === 'button' && !one.href) kept['href'] = NOWHERE
    if (one.type === 'columns') kept['columns'] = one.columns.map((column) => ({ ...column, blocks: column.blocks.filter(there).map(block) }))
    if (one.type === 'social') {
      const links = one.links?.filter((link) => link.href.trim())
      kept['links'] = one.links ? links : null
    }
    if (one.type === 'product') {
      if (!one.image?.src) delete kept['image']
      if (!one.button?.text) delete kept['button']
      else if (!one.button.href) kept['button'] = { ...one.button, href: NOWHERE }
      for (const name of ['text', 'price', 'old_price'] as const) if (!one[name]) delete kept[name]
    }
    if (one.type === 'footer') for (const name of ['text', 'unsubscribe_text', 'preferences_text'] as const) if (!one[name]) delete kept[name]
    if (!one.show_if) delete kept['show_if']
    if (one.style && !Object.keys(one.style).length) delete kept['style']
    return kept
  }
  return JSON.stringify({ version: 1, settings: document.settings, blocks: document.blocks.filter(there).map(block) })
}

const there = (block: Block): boolean => block.type !== 'image' || Boolean(block.src)

/** The block a path of the API leads to (`body.blocks.2.columns.1.blocks.0.src`), and what of it. */
export function atPath(document: MailDocument, path: string): { block: Block; rest: string } | null {
  const found = /(?:^|\.)blocks\.(\d+)(?:\.columns\.(\d+)\.blocks\.(\d+))?(?:\.(.+))?$/.exec(path)
  if (!found) return null
  const outer = document.blocks[Number(found[1])]
  const block = found[3] === undefined ? outer : outer?.type === 'columns' ? outer.columns[Number(found[2])]?.blocks[Number(found[3])] : undefined
  return block ? { block, rest: found[4] ?? '' } : null
}
/** Where a new block goes when nothing says where: below the chosen one, else above the footer that ends the mail. */
export function placeFor(document: MailDocument, type: string, chosen: string | null): Place {
  for (const { block, place } of walk(document.blocks)) {
    if (block.id !== chosen) continue
    if (block.type === 'columns' && fits(type, { parent: block.id })) {
      const free = block.columns.findIndex((column) => !column.blocks.length)
      if (free >= 0) return { parent: block.id, column: free, index: 0 }
    }
    if (!fits(type, place)) return { parent: null, column: 0, index: document.blocks.findIndex((one) => one.id === place.parent) + 1 }
    return { ...place, index: place.index + 1 }
  }
  const last = document.blocks.at(-1)
  return { parent: null, column: 0, index: document.blocks.length - (last?.type === 'footer' && type !== 'footer' ? 1 : 0) }
}
/** A sentence of the block for lists and screen readers: its text, or nothing. */
export function gist(block: Block): string {
  const text = 'text' in block && block.type !== 'product' ? block.text : block.type === 'text' || block.type === 'html' ? block.html : block.type === 'image' ? block.alt : block.type === 'product' ? block.title : ''
  return (text ?? '').replace(/<[^>]*>/g, ' ').replace(/&nbsp;/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 60)
}
/** The bytes of a text as it is stored. */
export const bytes = (text: string): number => new TextEncoder().encode(text).length
