/** A mail of blocks while it is edited: the document with its steps back, what is chosen, and what everything in the editor shares. */
import { t } from '../../i18n/index.svelte'
import { PLAIN, type Brand } from './colour'
import { BLOCKS_LIMIT, gist, makeBlock, parse, placeFor, write, type Block, type BlockType, type MailDocument, type Settings, type Style } from './document'
import type { Known, Placeholder } from './placeholder'
import { change, count, duplicated, find, fits, insert, move, neighbour, remove, stepped, type Direction, type Place } from './tree'
import { History } from './undo'

/** What the bar above the mail does with the text one writes in. */
export interface Writing {
  inline: boolean
  run: (command: string, value?: string) => void
  link: () => void
  insert: (text: string) => void
}
/** A question about a chip or a link of the text, asked in a dialog outside the mail. */
export type Asking = { onclose: () => void; onremove?: (() => void) | undefined } & (
  | { chip: Placeholder; onchange: (one: Placeholder) => void }
  | { href: string; onchange: (href: string) => void }
)
export type Notices = readonly { code: string; severity: string; message: string; field: string }[]

export class Design {
  document = $state.raw<MailDocument>({ version: 1, settings: {}, blocks: [] })
  chosen = $state<string | null>(null)
  brand = $state.raw<Brand>(PLAIN)
  known = $state.raw<readonly Known[]>([])
  language = $state<'es' | 'en'>('es')
  editable = $state(true)
  canUndo = $state(false)
  canRedo = $state(false)
  /** What a screen reader is told. */
  said = $state('')
  /** What is dragged: a block by its id, or a new one by its type. */
  dragged = $state.raw<{ block?: string; type?: BlockType } | null>(null)
  over = $state.raw<Place | null>(null)
  writing = $state.raw<Writing | null>(null)
  asking = $state.raw<Asking | null>(null)
  /** Blocks about which the API said something, with the worst of it. */
  marks = $state.raw<ReadonlyMap<string, 'error' | 'warning'>>(new Map())
  /** Who shows the mail; finds a block on the screen. */
  root: HTMLElement | null = null
  #history: History<MailDocument>
  #source = ''
  /** The document as it is sent: paths of the API are of this one. */
  get sent(): MailDocument {
    return parse(this.#source) ?? this.document
  }

  constructor(source: string, private readonly changed: (source: string) => void) {
    this.#history = new History(this.document)
    this.take(source)
  }
  /** Another source from elsewhere; what this editor wrote itself is known already. */
  take(source: string): boolean {
    if (source === this.#source) return true
    const read = parse(source)
    if (!read) return false
    this.#source = source
    this.document = read
    this.#history.reset(read)
    this.#steps()
    if (this.chosen && !find(read.blocks, this.chosen)) this.chosen = null
    return true
  }
  get block(): Block | null {
    return find(this.document.blocks, this.chosen)?.block ?? null
  }
  #steps(): void {
    this.canUndo = this.#history.canUndo
    this.canRedo = this.#history.canRedo
  }
  #show(document: MailDocument): void {
    this.document = document
    this.#steps()
    this.#source = write(document)
    this.changed(this.#source)
  }
  #set(blocks: Block[], label = ''): void {
    const next = { ...this.document, blocks }
    this.#history.set(next, label)
    this.#show(next)
  }
  undo(): void {
    if (!this.canUndo) return
    this.#show(this.#history.undo())
    if (this.chosen && !this.block) this.chosen = null
    this.said = t('templates.said_undone')
  }
  redo(): void {
    if (!this.canRedo) return
    this.#show(this.#history.redo())
    if (this.chosen && !this.block) this.chosen = null
    this.said = t('templates.said_redone')
  }
  /** A block's name and its words, for people who hear. */
  name(block: Block): string {
    const words = gist(block)
    return words ? `${t(`block.${block.type}`)}: ${words}` : t(`block.${block.type}`)
  }
  choose(id: string | null, focus = false): void {
    this.chosen = id
    if (id && focus) this.focus(id)
  }
  focus(id: string): void {
    requestAnimationFrame(() => {
      const element = this.root?.querySelector<HTMLElement>(`[data-block="${id}"]`)
      element?.focus({ preventScroll: true })
      element?.scrollIntoView({ block: 'nearest' })
    })
  }
  add(type: BlockType, place?: Place): void {
    if (count(this.document.blocks) >= BLOCKS_LIMIT) {
      this.said = t('templates.too_many', { n: BLOCKS_LIMIT })
      return
    }
    const at = place ?? placeFor(this.document, type, this.chosen)
    if (!fits(type, at)) return
    const block = makeBlock(type, this.language)
    this.#set(insert(this.document.blocks, at, block))
    this.said = t('templates.said_added', { name: t(`block.${type}`) })
    this.choose(block.id, true)
  }
  patch(id: string, values: Partial<Block> | Record<string, unknown>, label = ''): void {
    this.#set(change(this.document.blocks, id, values as Partial<Block>), label && `${id}.${label}`)
  }
  style(block: Block, values: Partial<Style>): void {
    const style = Object.fromEntries(Object.entries({ ...block.style, ...values }).filter(([, value]) => value !== undefined && value !== ''))
    this.patch(block.id, { style }, `style.${Object.keys(values).join()}`)
  }
  settings(values: Partial<Settings>): void {
    const settings = Object.fromEntries(Object.entries({ ...this.document.settings, ...values }).filter(([, value]) => value !== undefined && value !== ''))
    const next = { ...this.document, settings }
    this.#history.set(next, `settings.${Object.keys(values).join()}`)
    this.#show(next)
  }
  duplicate(id: string): void {
    if (count(this.document.blocks) >= BLOCKS_LIMIT) return
    const made = duplicated(this.document.blocks, id, () => `b${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`)
    if (!made) return
    this.#set(made.blocks)
    this.said = t('templates.said_duplicated')
    this.choose(made.id, true)
  }
  remove(id: string): void {
    const next = neighbour(this.document.blocks, id)
    const found = find(this.document.blocks, id)
    if (!found) return
    this.#set(remove(this.document.blocks, id))
    this.said = t('templates.said_removed', { name: t(`block.${found.block.type}`) })
    this.choose(next, true)
  }
  moveTo(id: string, place: Place): void {
    const next = move(this.document.blocks, id, place)
    if (JSON.stringify(next.map((one) => one.id)) === JSON.stringify(this.document.blocks.map((one) => one.id)) && JSON.stringify(next) === JSON.stringify(this.document.blocks)) return
    this.#set(next)
    const found = find(next, id)
    if (found) this.said = t('templates.said_moved', { name: t(`block.${found.block.type}`), n: found.place.index + 1 })
    this.choose(id, true)
  }
  step(id: string, direction: Direction): boolean {
    const place = stepped(this.document.blocks, id, direction)
    if (place) this.moveTo(id, place)
    return place !== null
  }
  canStep(id: string, direction: Direction): boolean {
    return stepped(this.document.blocks, id, direction) !== null
  }
}
