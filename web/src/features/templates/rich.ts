/** Text of an e-mail between the editor and the document: the few tags the API keeps, chips as placeholders again. */
const INLINE = new Set(['B', 'STRONG', 'I', 'EM', 'U', 'S', 'A', 'BR', 'SPAN'])
const RICH = new Set([...INLINE, 'P', 'UL', 'OL', 'LI', 'H1', 'H2', 'H3', 'H4', 'BLOCKQUOTE'])
const DROPPED = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'IFRAME', 'OBJECT', 'SVG', 'MATH', 'TITLE', 'TEXTAREA', 'META', 'LINK', 'HEAD'])
const BLOCKS = new Set(['P', 'LI', 'H1', 'H2', 'H3', 'H4', 'BLOCKQUOTE'])
const SAME: Record<string, string> = { B: 'strong', I: 'em', STRIKE: 's', DEL: 's' }
/** The addresses that the API takes. */
const LINK = /^(https?:\/\/[^\s/]|mailto:\S|tel:[+\d{]|#|\{\{)/i
const escape = (text: string): string => text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign)

export const isLink = (href: string): boolean => LINK.test(href.trim())

function styleOf(element: Element, tag: string): string {
  const style = (element as HTMLElement).style
  const kept: string[] = []
  if (BLOCKS.has(tag) && /^(left|center|right)$/.test(style?.textAlign ?? '')) kept.push(`text-align:${style.textAlign}`)
  if (tag === 'SPAN' && style?.color) kept.push(`color:${style.color}`)
  return kept.length ? ` style="${kept.join(';')}"` : ''
}
/** What stands in the editor, or was pasted, as the document keeps it. */
export function clean(html: string, inline = false): string {
  const allowed = inline ? INLINE : RICH
  const write = (node: globalThis.Node): string => {
    if (node.nodeType === 3) return escape(node.textContent ?? '').replace(/\u200b/g, '')
    if (!(node instanceof Element)) return ''
    const placeholder = node.getAttribute('data-placeholder')
    if (placeholder !== null) return escape(placeholder)
    const tag = SAME[node.tagName.toUpperCase()]?.toUpperCase() ?? node.tagName.toUpperCase()
    if (DROPPED.has(tag)) return ''
    const inner = [...node.childNodes].map(write).join('')
    if (tag === 'BR') return '<br>'
    if (tag === 'DIV' && !inline) return `<p${styleOf(node, 'P')}>${inner || '<br>'}</p>`
    if (inline && (tag === 'DIV' || tag === 'P') && node.nextSibling) return `${inner}<br>`
    if (!allowed.has(tag)) return inner
    const name = tag.toLowerCase()
    if (tag === 'A') {
      const href = node.getAttribute('href') ?? ''
      return isLink(href) ? `<a href="${escape(href.trim()).replaceAll('"', '&quot;')}">${inner}</a>` : inner
    }
    const style = styleOf(node, tag)
    if (tag === 'SPAN') return style ? `<span${style}>${inner}</span>` : inner
    return `<${name}${style}>${inner}</${name}>`
  }
  const text = [...new DOMParser().parseFromString(html, 'text/html').body.childNodes].map(write).join('')
  if (inline) return text.replace(/(<br>)+$/, '')
  return text === '<br>' ? '' : text
}
/** Whether there is anything to read. */
export const blank = (html: string | undefined): boolean => !(html ?? '').replace(/<[^>]*>/g, '').replace(/&nbsp;|\s/g, '')
