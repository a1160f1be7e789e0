import { describe, expect, it } from 'vitest'
import { contrast, hex, PLAIN } from '../src/features/templates/colour'
import { atPath, emptyDocument, gist, makeBlock, parse, placeFor, TYPES, write, type Block, type Columns, type MailDocument } from '../src/features/templates/document'
import { chip, fallback, format, print, read, withChips, withFallback, withFormat } from '../src/features/templates/placeholder'
import { clean, isLink } from '../src/features/templates/rich'
import { change, copied, count, duplicated, find, insert, move, neighbour, remove, stepped, walk, withColumns, type Node } from '../src/features/templates/tree'
import { History } from '../src/features/templates/undo'
import { LIMIT, refused, words } from '../src/features/templates/upload'

const one = (id: string, type = 'text'): Node => ({ id, type })
const tree = (): Node[] => [one('a'), { id: 'c', type: 'columns', columns: [{ blocks: [one('l1'), one('l2')] }, { blocks: [one('r1')] }] }, one('z')]
const order = (blocks: Node[]): string => blocks.map((block) => block.id + (block.columns ? `(${block.columns.map((column) => column.blocks.map((child) => child.id).join(' ')).join('|')})` : '')).join(' ')

describe('blocks as a tree', () => {
  it('is read in order, columns too', () => {
    expect([...walk(tree())].map((found) => found.block.id)).toEqual(['a', 'c', 'l1', 'l2', 'r1', 'z'])
    expect(find(tree(), 'r1')?.place).toEqual({ parent: 'c', column: 1, index: 0 })
    expect(find(tree(), 'nobody')).toBeNull()
    expect(count(tree())).toBe(6)
  })
  it('takes blocks in, out and elsewhere, and leaves the old list as it was', () => {
    const before = tree()
    expect(order(insert(before, { parent: 'c', column: 1, index: 0 }, one('new')))).toBe('a c(l1 l2|new r1) z')
    expect(order(remove(before, 'l1'))).toBe('a c(l2|r1) z')
    expect(order(move(before, 'a', { parent: null, column: 0, index: 3 }))).toBe('c(l1 l2|r1) z a')
    expect(order(move(before, 'z', { parent: 'c', column: 0, index: 1 }))).toBe('a c(l1 z l2|r1)')
    expect(order(move(before, 'l1', { parent: 'c', column: 0, index: 2 }))).toBe('a c(l2 l1|r1) z')
    expect(order(move(before, 'l2', { parent: null, column: 0, index: 0 }))).toBe('l2 a c(l1|r1) z')
    expect(order(before)).toBe('a c(l1 l2|r1) z')
  })
  it('puts no columns and no products into columns, nor a block into itself', () => {
    const before = [...tree(), { id: 'd', type: 'columns', columns: [{ blocks: [] }] }, one('p', 'product')]
    for (const id of ['d', 'c', 'p']) expect(order(move(before, id, { parent: 'c', column: 0, index: 0 })), id).toBe(order(before))
  })
  it('steps by keys: past the next, out of a column and into one', () => {
    const go = (id: string, direction: 'up' | 'down' | 'left' | 'right'): string => {
      const place = stepped(tree(), id, direction)
      return place ? order(move(tree(), id, place)) : 'stays'
    }
    expect(go('a', 'down')).toBe('c(l1 l2|r1) a z')
    expect(go('z', 'up')).toBe('a z c(l1 l2|r1)')
    expect(go('a', 'up')).toBe('stays')
    expect(go('z', 'down')).toBe('stays')
    expect(go('l1', 'down')).toBe('a c(l2 l1|r1) z')
    expect(go('l1', 'up')).toBe('a l1 c(l2|r1) z')
    expect(go('l2', 'down')).toBe('a c(l1|r1) l2 z')
    expect(go('l2', 'right')).toBe('a c(l1|r1 l2) z')
    expect(go('r1', 'right')).toBe('stays')
    expect(go('a', 'right')).toBe('c(l1 l2 a|r1) z')
    expect(go('z', 'left')).toBe('a c(l1 l2|r1 z)')
    expect(go('c', 'right')).toBe('stays')
  })
  it('changes, copies with new ids, and knows who is next', () => {
    expect(find(change(tree(), 'r1', { type: 'html' }), 'r1')?.block.type).toBe('html')
    let n = 0
    const copy = duplicated(tree(), 'c', () => `n${++n}`)
    expect(order(copy?.blocks ?? [])).toBe('a c(l1 l2|r1) n1(n2 n3|n4) z')
    expect(copy?.id).toBe('n1')
    expect(duplicated(tree(), 'nobody', () => 'x')).toBeNull()
    expect(copied(one('a'), () => 'b').id).toBe('b')
    expect([neighbour(tree(), 'a'), neighbour(tree(), 'z'), neighbour(tree(), 'r1')]).toEqual(['c', 'c', 'c'])
  })
  it('has as many columns as wanted, and loses nothing', () => {
    const columns = tree()[1]?.columns ?? []
    const fewer = withColumns(columns, 1, () => ({ blocks: [] }))
    expect(fewer.map((column) => column.blocks.map((block) => block.id))).toEqual([['l1', 'l2', 'r1']])
    expect(withColumns(columns, 3, () => ({ blocks: [] })).map((column) => column.blocks.length)).toEqual([2, 1, 0])
    expect(columns[0]?.blocks.length).toBe(2)
  })
})

describe('undo', () => {
  it('goes back and forth, and forgets what was ahead after a new change', () => {
    const history = new History('a')
    history.set('b')
    history.set('c')
    expect([history.undo(), history.undo(), history.undo()]).toEqual(['b', 'a', 'a'])
    expect(history.canUndo).toBe(false)
    expect(history.redo()).toBe('b')
    history.set('d')
    expect(history.canRedo).toBe(false)
    expect(history.undo()).toBe('b')
  })
  it('takes what is typed in one go as one step', () => {
    const history = new History('')
    history.set('h', 'text', 0)
    history.set('he', 'text', 300)
    history.set('hey', 'text', 700)
    expect(history.undo()).toBe('')
    history.set('x', 'text', 1000)
    history.set('xy', 'text', 5000)
    expect(history.undo()).toBe('x')
    history.reset('z')
    expect([history.now, history.canUndo, history.canRedo]).toEqual(['z', false, false])
  })
})

describe('the document', () => {
  const document = (): MailDocument => ({
    version: 1, settings: {},
    blocks: [{ id: 'h', type: 'heading', text: 'Hola, {{ contact.first_name }}' }, { id: 'c', type: 'columns', columns: [{ blocks: [{ id: 'i', type: 'image', src: 'https://a.example/c.png', alt: 'Café' }] }, { blocks: [] }] }, { id: 'f', type: 'footer' }],
  })
  it('makes every type of block with an id of its own', () => {
    const made = TYPES.map((type) => makeBlock(type, 'es'))
    expect(new Set(made.map((block) => block.id)).size).toBe(TYPES.length)
    expect(made.map((block) => block.type)).toEqual([...TYPES])
    expect(emptyDocument('en').blocks.at(-1)?.type).toBe('footer')
  })
  it('reads what it writes, and gives ids to blocks that have none or somebody else’s', () => {
    expect(parse(write(document()))).toEqual(document())
    const bare = parse('{"blocks":[{"type":"text","html":""},{"id":"a","type":"text","html":""},{"id":"a","type":"text","html":""}]}')
    expect(new Set(bare?.blocks.map((block) => block.id)).size).toBe(3)
    expect(bare?.blocks.every((block) => block.id)).toBe(true)
    const nowhere: MailDocument = { version: 1, settings: {}, blocks: [{ id: 'b', type: 'button', text: 'Go', href: '' }] }
    expect(parse(write(nowhere))).toEqual(nowhere)
    for (const broken of ['', '<mjml>', '[]', 'null', '{"blocks":1}']) expect(parse(broken), broken).toBeNull()
  })
  it('leaves out what was left empty', () => {
    const blocks: Block[] = [
      { id: 'i', type: 'image', src: 'brand.logo', alt: '', href: '' },
      { id: 'n', type: 'image', src: '', alt: 'not chosen yet' },
      { id: 'b', type: 'button', text: 'Go', href: '' },
      { id: 'p', type: 'product', title: 'x', image: { src: '', alt: '' }, text: '', price: '', button: { text: 'Buy', href: '' } },
      { id: 's', type: 'social', links: [{ network: 'x', href: '' }, { network: 'website', href: 'https://a.example' }] },
      { id: 'f', type: 'footer', text: '', style: {}, show_if: null },
    ]
    expect((JSON.parse(write({ version: 1, settings: {}, blocks })) as MailDocument).blocks).toEqual([
      { id: 'i', type: 'image', src: 'brand.logo', alt: '' },
      { id: 'b', type: 'button', text: 'Go', href: '#' },
      { id: 'p', type: 'product', title: 'x', button: { text: 'Buy', href: '#' } },
      { id: 's', type: 'social', links: [{ network: 'website', href: 'https://a.example' }] },
      { id: 'f', type: 'footer' },
    ])
  })
  it('finds the block of a path', () => {
    expect(atPath(document(), 'body.blocks.0.text')).toMatchObject({ block: { id: 'h' }, rest: 'text' })
    expect(atPath(document(), 'translations.en.body.blocks.1.columns.0.blocks.0.src')).toMatchObject({ block: { id: 'i' }, rest: 'src' })
    expect(atPath(document(), 'body.blocks.9')).toBeNull()
    expect(atPath(document(), 'subject')).toBeNull()
  })
  it('knows where a new block goes', () => {
    expect(placeFor(document(), 'text', null)).toEqual({ parent: null, column: 0, index: 2 })
    expect(placeFor(document(), 'text', 'h')).toEqual({ parent: null, column: 0, index: 1 })
    expect(placeFor(document(), 'text', 'i')).toEqual({ parent: 'c', column: 0, index: 1 })
    expect(placeFor(document(), 'text', 'c')).toEqual({ parent: 'c', column: 1, index: 0 })
    expect(placeFor(document(), 'product', 'i')).toEqual({ parent: null, column: 0, index: 2 })
    expect(gist(document().blocks[0] as Block)).toBe('Hola, {{ contact.first_name }}')
    expect(gist(((document().blocks[1] as Columns).columns[0]?.blocks[0]) as Block)).toBe('Café')
  })
})

describe('placeholders', () => {
  const known = [{ name: 'contact.first_name', kind: 'text' as const, label: 'First name' }]
  it('reads and prints', () => {
    const text = '{{ contact.first_name | upper | default("friend") }}'
    expect(print(read(text) ?? { name: '', filters: [] })).toBe(text)
    expect(read('{{contact.city|default(\'here\')}}')).toEqual({ name: 'contact.city', filters: [{ name: 'default', argument: "'here'" }] })
    for (const other of ['{{ a + b }}', '{% if contact.city %}', 'Hello', '{{ a(1) }}']) expect(read(other), other).toBeNull()
  })
  it('has a fallback and a form', () => {
    const name = read('{{ contact.first_name }}') ?? { name: '', filters: [] }
    expect(fallback(name)).toBeNull()
    const kind = withFallback(name, 'dear "friend" {x}')
    expect(print(kind)).toBe("{{ contact.first_name | default('dear \"friend\" x') }}")
    expect(read(print(kind))).toEqual(kind)
    expect(fallback(withFallback(name, 'friend'))).toBe('friend')
    expect(print(withFallback(kind, ''))).toBe('{{ contact.first_name }}')
    const shaped = withFormat(withFallback(name, 'friend'), 'date("short")')
    expect(print(shaped)).toBe('{{ contact.first_name | date("short") | default("friend") }}')
    expect(format(shaped)).toBe('date("short")')
    expect(print(withFormat(shaped, ''))).toBe('{{ contact.first_name | default("friend") }}')
  })
  it('shows chips, and turns them back', () => {
    const html = '<p>Hi {{ contact.first_name | default("friend") }}, <a href="{{ unsubscribe_url }}">stop</a> {% if contact.city %}x{% endif %}</p>'
    const shown = withChips(html, known)
    expect(shown).toContain('>First name<i>friend</i></span>')
    expect(shown).toContain('href="{{ unsubscribe_url }}"')
    expect(clean(shown)).toBe(html)
    expect(chip({ name: 'a.b', filters: [{ name: 'default', argument: '"<b>"' }] }, [])).not.toContain('<b>')
  })
})

describe('rich text', () => {
  it('keeps the tags of a mail and nothing else', () => {
    expect(clean('<div onclick="x()">a<script>alert(1)</script></div><h2 style="text-align:center;color:red">b</h2>')).toBe('<p>a</p><h2 style="text-align:center">b</h2>')
    expect(clean('<p><b>a</b><i>b</i><font>c</font></p>')).toBe('<p><strong>a</strong><em>b</em>c</p>')
    expect(clean('<a href="javascript:x()">a</a><a href="https://b.example" target="_blank">b</a>')).toBe('a<a href="https://b.example">b</a>')
    expect(clean('<p>a</p><p>b</p>', true)).toBe('a<br>b')
    expect(clean('x<br>', true)).toBe('x')
    expect(isLink('mailto:a@b.example') && isLink('{{ unsubscribe_url }}') && !isLink('javascript:1') && !isLink('example.com') && !isLink('https://')).toBe(true)
  })
})

describe('colours', () => {
  it('follows the brand, and knows what can be read', () => {
    expect(hex('primary', PLAIN, 'text')).toBe(PLAIN.colors.primary)
    expect(hex('#123456', PLAIN, 'text')).toBe('#123456')
    expect(hex(undefined, PLAIN, 'muted')).toBe(PLAIN.colors.muted)
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 1)
    expect(contrast('not a colour', '#ffffff')).toBe(21)
  })
})

describe('pictures', () => {
  it('takes what mail can show, and begins a description with the name when it says something', () => {
    expect(refused({ type: 'image/png', size: 10 })).toBeNull()
    expect(refused({ type: 'image/svg+xml', size: 10 })).toBe('kind')
    expect(refused({ type: 'image/webp', size: 0 })).toBe('empty')
    expect(refused({ type: 'image/jpeg', size: LIMIT + 1 })).toBe('size')
    expect(words('sol-de-la_tarde.png')).toBe('Sol de la tarde')
    for (const nothing of ['IMG_2034.jpg', 'captura 2026.png', 'screenshot.png', '12-04.gif']) expect(words(nothing), nothing).toBe('')
  })
})
